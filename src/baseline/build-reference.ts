export { buildReference } from '../stats/table/table-reference.ts';
export type { ReferenceOptions } from '../stats/table/table-reference.ts';
