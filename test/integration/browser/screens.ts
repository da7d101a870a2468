/** Each screen there is, by what its address is called in the pictures. */
import { selectOnlyId } from './select-only-id.ts';
import type { Stage } from './stage.ts';
import { RUN_ID } from '../../api/seed.ts';

export interface ScreenAddress {
  readonly name: string;
  /** Its one heading. */
  readonly heading: RegExp;
  address(stage: Stage): Promise<string> | string;
}

export const SCREENS: readonly ScreenAddress[] = [
  { name: 'fleet', heading: /^Fleet/, address: () => '/' },
  { name: 'incidents', heading: /^Incidents/, address: () => '/incidents' },
  {
    name: 'incident',
    heading: /loans.*concept drift/i,
    address: async (stage) => `/incidents/${await openIncident(stage)}`,
  },
  {
    name: 'incident-fault',
    heading: /loans.*data fault/i,
    address: async (stage) => `/incidents/${await faultIncident(stage)}`,
  },
  { name: 'model', heading: /loans/, address: () => '/models/loans?from=latest-30d' },
  { name: 'feature', heading: /ratio/, address: () => '/models/loans/features/ratio?from=latest-30d' },
  { name: 'level', heading: /country/, address: () => '/models/loans/features/country?from=latest-30d' },
  {
    name: 'window',
    heading: /^2026-02-08 00:00 to 2026-02-09 00:00 UTC$/,
    address: async (stage) => `/windows/${await faultWindow(stage)}`,
  },
  { name: 'performance', heading: /loans/, address: () => '/models/loans/performance?from=latest-30d' },
  { name: 'versions', heading: /loans/, address: () => '/models/loans/versions?from=latest-30d' },
  { name: 'retrains', heading: /^Retrain/, address: () => '/retrains' },
  { name: 'retrain', heading: /loans/, address: () => `/retrains/${RUN_ID}` },
  { name: 'pipeline', heading: /^Pipeline/, address: () => '/pipeline' },
  { name: 'configuration', heading: /^Configuration/, address: () => '/configuration' },
  { name: 'audit', heading: /./, address: () => '/audit' },
  { name: 'components', heading: /./, address: () => '/components' },
  { name: 'nothing', heading: /./, address: () => '/incidents/999999' },
];

export const openIncident = async ({ pool, loans }: Stage): Promise<string> =>
  await selectOnlyId(
    pool,
    `select a.id::text as id from alert a join model_version v on v.id = a.model_version_id join model m on m.id = v.model_id
     where m.name = $1 and a.segment = '' and a.state = 'firing' and a.verdict = 'concept_drift' order by a.id desc limit 1`,
    [loans.spec.name],
  );

const faultIncident = async ({ pool, loans }: Stage): Promise<string> =>
  await selectOnlyId(
    pool,
    `select a.id::text as id from alert a join model_version v on v.id = a.model_version_id join model m on m.id = v.model_id
     where m.name = $1 and a.segment = '' and a.fired_verdict = 'data_fault' order by a.id limit 1`,
    [loans.spec.name],
  );

const faultWindow = async ({ pool, loans }: Stage): Promise<string> =>
  await selectOnlyId(
    pool,
    `select w.id::text as id from "window" w join verdict r on r.window_id = w.id join model_version v on v.id = w.model_version_id
     join model m on m.id = v.model_id
     where m.name = $1 and r.segment = '' and r.verdict = 'data_fault' order by w.id limit 1`,
    [loans.spec.name],
  );
