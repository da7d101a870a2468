export { profileTable } from '../stats/table/table-profile.ts';
export type { TableProfile } from '../stats/table/table-profile.ts';
