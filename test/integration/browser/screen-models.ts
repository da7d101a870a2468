/** The models that screens are looked at with: a fleet, one that really was watched, and names from hostile logs. */
import { stringify } from 'yaml';
import type { Config } from '../../../src/config/resolve.ts';
import { configOf } from '../../config/example.ts';
import { planFleet } from '../../harness/fleet/plan-fleet.ts';
import { SMALL_FLEET } from '../../harness/fleet/seed-fleet.ts';

export const LOANS = 'loans';

/** What may stand where a log has a name. */
export const HOSTILE_NAMES: readonly string[] = [
  '<img src=x onerror=alert(1)>',
  'a/b %2F "q"',
  '🏦💥 kredit',
  'نموذج \u202Eevil',
  'x'.repeat(200),
];

export interface Addresses {
  readonly databaseUrl: string;
  readonly port: number;
  readonly smtpUrl: string;
  readonly tokens: boolean;
}

/** The configuration of all of them, as a file would say it. */
export async function screenConfig({ databaseUrl, port, smtpUrl, tokens }: Addresses): Promise<Config> {
  const fleet = planFleet(SMALL_FLEET.models, SMALL_FLEET.seed).map(({ spec, sizeMs }) => ({
    name: spec.name,
    task: spec.task,
    ...(spec.positiveClass !== null && { positive_class: spec.positiveClass }),
    tags: spec.tags,
    windows: [{ size: `${sizeMs / 3_600_000}h`, grace: '0s', accept_late: '1d' }],
  }));
  return await configOf(
    stringify({
      database: databaseUrl,
      public_url: `http://127.0.0.1:${port}`,
      api: { listen: `127.0.0.1:${port}` },
      auth: { tokens },
      channels: { oncall: { type: 'email', to: ['ml@example.org'] } },
      smtp: { url: smtpUrl, from: 'shiftwatch@example.org' },
      models: [...fleet, watched(LOANS), ...HOSTILE_NAMES.map(watched)],
    }),
  );
}

function watched(name: string): object {
  return {
    name,
    task: 'classification',
    positive_class: 'approve',
    tags: { team: 'risk' },
    windows: [{ size: '1d', grace: '0s', accept_late: '3650d' }],
    ...(name === LOANS && { segments: ['country'], groups: ['country'] }),
    min_rows: 100,
    labels: { horizon: '30d', mature_after: '1h', min_labelled: 100 },
    alerts: { for: 1, page: 'all', channels: ['oncall'] },
  };
}
