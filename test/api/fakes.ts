/** An API whose ports are in the test's hands. */
import type { ApiDeps, EventSubmission } from '../../src/api/api-deps.ts';
import { createApi } from '../../src/api/create-api.ts';
import type { App } from '../../src/api/app.ts';
import { silentLog } from '../../src/core/log.ts';
import { fail, ok } from '../../src/core/result.ts';
import type { RetrainReport } from '../../src/core/retrain/report.ts';
import type { AuditEntry } from '../../src/store/audit.ts';
import type { NewSilence } from '../../src/store/alerts/silences.ts';
import type { ReadModels } from '../../src/store/read-models.ts';
import type { TokenScope } from '../../src/store/tokens.ts';

const nothing = async () => fail({ reason: 'not_found' as const, detail: 'not asked here' });
const NOTHING_TO_INSPECT: ApiDeps['inspections'] = {
  window: nothing,
  sample: nothing,
  distribution: nothing,
  cdf: nothing,
  transformation: nothing,
  history: nothing,
  profiles: nothing,
  ridges: nothing,
};

export const NOW_MS = Date.parse('2026-03-10T12:07:00Z');

const emptyPage = { items: [], next: null };
const noFacts = {
  sources: [],
  watermarks: [],
  events: [],
  conservation: [],
  notices: [],
  surplus_columns: [],
  log_incidents: [],
  log_incident_counts: [],
  held: [],
  owed: [],
  silences: 0,
  breaches: [],
  windows: [],
  alerts: [],
  series_states: [],
  retrains: [],
  retrain_incidents: [],
  outbox: [],
  deliveries: [],
  disabled_endpoints: [],
  duties: [],
  postponed: [],
  unreadable_counts: [],
  unreadable_parts: [],
  dead_letters: [],
  mail_servers: [],
  mail_unsubscribed: [],
  mail_troubles: [],
};

const noModel = async () => fail({ reason: 'unknown_model', detail: 'No model is called so.' } as const);

/** A database without a row. */
export const nothingStored: ReadModels = {
  listModels: async () => emptyPage,
  findModel: async () => null,
  listVersions: async () => emptyPage,
  versionExists: async () => false,
  listBaselines: async () => emptyPage,
  findBaseline: async () => null,
  listWindows: async () => emptyPage,
  findWindow: async () => null,
  listMeasurements: async () => emptyPage,
  listVerdicts: async () => emptyPage,
  findVerdict: async () => null,
  listAlerts: async () => emptyPage,
  countAlerts: async () => ({ pending: 0, firing: 0, recovering: 0 }),
  findAlert: async () => null,
  listAlertEvents: async () => emptyPage,
  listAnnotations: async () => emptyPage,
  listSilences: async () => emptyPage,
  findSilence: async () => null,
  listAlertStates: async () => emptyPage,
  listRetrains: async () => emptyPage,
  findRetrain: async () => null,
  listDeadLetters: async () => emptyPage,
  findDeadLetter: async () => null,
  listDeliveries: async () => emptyPage,
  findDelivery: async () => null,
  listDisabledEndpoints: async () => [],
  listUnsubscribed: async () => [],
  listAudit: async () => emptyPage,
  pipelineFacts: async () => noFacts,
  modelFigures: async () => ({ versions: [], features: [], incidents: [], leftOut: 0 }),
  overview: async () => ({ versions: [], pipeline: noFacts, more_alerts: false, unseen: [] }),
  loadFleet: async () => ({
    period: { from: '2026-03-01T00:00:00.000Z', to: '2026-03-08T00:00:00.000Z' },
    models: 0,
    needing: { models: 0, worst: null, looked_after: 0 },
    tags: [],
    groups: [],
    total: 0,
    offset: 0,
    items: [],
  }),
  readiness: async () => ({ ready: true, database: 'ok', migrations: 'current', detail: null }),
  serverFacts: async () => ({
    version: '15.4',
    version_number: 150_004,
    max_connections: 100,
    connections: 7,
    now: '2026-03-10T12:07:00.000Z',
    encoding: 'UTF8',
  }),
  modelOverview: noModel,
  modelRibbon: noModel,
  modelHeatmap: noModel,
  modelFeatures: noModel,
  modelTrends: noModel,
  modelPerformance: noModel,
  modelPerformanceParts: noModel,
  modelMarkers: noModel,
};

const unknownAlert = fail({ reason: 'unknown_alert', detail: 'There is no such alert.' } as const);

const noSilence = { id: '1', state: 'active', expired_at: null, expired_by: null } as const;

function silenceTexts({ matchers, startsAtMs, endsAtMs, author, comment }: NewSilence, nowMs: number) {
  const [starts_at = '', ends_at = '', created_at = ''] = [startsAtMs, endsAtMs, nowMs].map((ms) =>
    new Date(ms).toISOString(),
  );
  return { matchers: [...matchers], starts_at, ends_at, author, comment, created_at };
}

/** Nobody can sign in, and what is noted is let go of. */
export const noLogins: Pick<ApiDeps, 'sessions' | 'oidc' | 'audit' | 'publicUrl'> = {
  sessions: { begin: async () => null, find: async () => null, end: async () => {} },
  oidc: null,
  audit: { append: async () => '1', add: async () => {} },
  publicUrl: null,
};

export interface TestApi {
  readonly app: App;
  readonly submissions: EventSubmission[];
  readonly reports: RetrainReport[];
  readonly audited: AuditEntry[];
  readonly logged: { fields: object; message: string }[];
}

export function testApi(overrides: Partial<ApiDeps> = {}): TestApi {
  const submissions: EventSubmission[] = [];
  const reports: RetrainReport[] = [];
  const audited: AuditEntry[] = [];
  const logged: { fields: object; message: string }[] = [];
  const app = createApi({
    listenHost: '127.0.0.1',
    replayDeadLetters: async () => ({
      accepted: 0,
      duplicates: 0,
      stillDead: [],
      truncated: 0,
      withheld: 0,
    }),
    explainConfiguration: () => ({ file: 'shiftwatch.yaml', entries: [] }),
    live: { listen: () => () => undefined },
    version: '0.0.0-test',
    readModels: nothingStored,
    verifyToken: null,
    ...noLogins,
    audit: { append: async (entry) => String(audited.push(entry)), add: async () => {} },
    acceptEvents: async (submission) => {
      submissions.push(submission);
      return ok({ accepted: 1, late: 0, ignored: 0, duplicates: 0, dead_letters: [] });
    },
    listDays: async () => ({ items: [], next: null }),
    inspections: NOTHING_TO_INSPECT,
    compareVersions: async (model) =>
      fail({ reason: 'unknown_model', detail: `No model is called "${model}".` }),
    retrainCallback: async (report) => {
      reports.push(report);
      return ok({ state: 'running', next: null });
    },
    decideRun: async ({ runId }) =>
      fail({ reason: 'unknown_run', detail: `There is no retrain run ${runId}.` }),
    silences: {
      create: async (silence, nowMs) => ({ ...noSilence, ...silenceTexts(silence, nowMs) }),
      expire: async () => null,
    },
    attention: {
      acknowledge: async () => unknownAlert,
      unacknowledge: async () => unknownAlert,
      snooze: async () => unknownAlert,
      unsnooze: async () => unknownAlert,
    },
    incidents: {
      resolve: async () => unknownAlert,
      expect: async () => unknownAlert,
      investigate: async () => null,
      removeAnnotation: async () => null,
    },
    currentHolds: async () => new Map(),
    exportLabelled: async () => fail('unknown_model'),
    replayDelivery: async () => fail('unknown'),
    enableEndpoint: async () => [],
    acceptBaseline: async ({ model }) =>
      fail({ reason: 'unknown_model', detail: `No model is called "${model}".` }),
    runComparison: async () => fail('not asked here'),
    mailStops: { addressOf: async () => null, stop: async () => {} },
    liveness: () => ({ alive: true, reason: null }),
    clock: { nowMs: () => NOW_MS },
    log: { ...silentLog, error: (fields, message) => logged.push({ fields, message }) },
    ...overrides,
  });
  return { app, submissions, reports, audited, logged };
}

/** Knows one token for each scope, called after it. */
export const tokensByScope: NonNullable<ApiDeps['verifyToken']> = async (text) => {
  const scope = ['read', 'ingest', 'operate'].find((name) => name === text);
  if (scope === undefined) return fail(text === 'expired' ? 'expired' : 'unknown');
  return ok({ prefix: `sw_${scope}`, name: scope, scopes: [scope as TokenScope], expiresAtMs: null });
};
