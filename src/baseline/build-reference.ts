export { buildReference } from '../stats/table/table-reference.ts';
export type { ReferenceOptions } from '../stats/table/table-reference.ts';
export { profileTable } from '../stats/table/table-profile.ts';
export type { TableProfile } from '../stats/table/table-profile.ts';
