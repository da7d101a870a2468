/** Rows that say something of features in words or JSON: where, and of which model. */
import { inTransaction, type Pool, type Queryable } from '../connection/pool.ts';
import { storableJson, storableText } from '../connection/storable-json.ts';

/** `free`: JSON of which nothing is known, not even its keys; `names`: an array of texts. */
export type ToldForm = 'text' | 'json' | 'free' | 'names';

export interface ToldTable {
  readonly table: string;
  /** Unique, or nearly so, and ordered by an index: rows are gone through by it. */
  readonly key: string;
  readonly columns: Readonly<Record<string, ToldForm>>;
  /** Of row `t`: whether it is about the model of id $1 and name $2. */
  readonly isOf: string;
  readonly counts: ToldKind;
}

export type ToldKind = 'incidents' | 'messages' | 'retrainings' | 'silences' | 'batches' | 'notes';

const OF_VERSION = 'exists (select from model_version v where v.id = t.model_version_id and v.model_id = $1)';
const OF_ALERT = `exists (select from alert a join model_version v on v.id = a.model_version_id
  where a.id = t.alert_id and v.model_id = $1)`;
const SAID_OF = (payload: string): string =>
  `$2 in (${payload} -> 'notification' ->> 'model', ${payload} -> 'request' ->> 'model')
   or ${payload} -> 'notification' ->> 'about' in ('digest', 'log', 'endpoint')`;
const OF_OUTBOX = `exists (select from outbox o where o.id = t.outbox_id and (${SAID_OF('o.payload')}))`;
/** Errors of our own processes name nobody's model. */
const OF_ANY = '$1::int is not null and $2::text is not null';
const OF_BOTH = (condition: string): string => `(${condition}) and ${OF_ANY}`;

export const TOLD_TABLES: readonly ToldTable[] = [
  {
    table: 'alert',
    key: 'id',
    columns: {
      subjects: 'names',
      segment: 'text',
      acknowledged_comment: 'text',
      snoozed_comment: 'text',
      closed_comment: 'text',
    },
    isOf: OF_BOTH(OF_VERSION),
    counts: 'incidents',
  },
  {
    table: 'alert_view',
    key: 'alert_id',
    columns: { subjects: 'names' },
    isOf: OF_BOTH(OF_ALERT),
    counts: 'incidents',
  },
  {
    table: 'alert_event',
    key: 'id',
    columns: { details: 'json' },
    isOf: OF_BOTH(OF_ALERT),
    counts: 'incidents',
  },
  {
    table: 'alert_cursor',
    key: 'model_version_id',
    columns: { segment: 'text' },
    isOf: OF_BOTH(OF_VERSION),
    counts: 'incidents',
  },
  {
    table: 'held_notification',
    key: 'id',
    columns: { notification: 'json', by: 'text' },
    isOf: OF_BOTH(OF_ALERT),
    counts: 'messages',
  },
  {
    table: 'digest_entry',
    key: 'id',
    columns: { entry: 'json' },
    isOf: OF_BOTH('t.model = $2'),
    counts: 'messages',
  },
  {
    table: 'outbox',
    key: 'id',
    columns: { payload: 'json', outcome: 'text' },
    isOf: OF_BOTH(SAID_OF('t.payload')),
    counts: 'messages',
  },
  {
    table: 'delivery',
    key: 'id',
    columns: { last_error: 'text' },
    isOf: OF_BOTH(OF_OUTBOX),
    counts: 'messages',
  },
  {
    table: 'delivery_attempt',
    key: 'delivery_id',
    columns: { detail: 'text' },
    isOf: OF_BOTH(`exists (select from delivery d join outbox o on o.id = d.outbox_id
      where d.id = t.delivery_id and (${SAID_OF('o.payload')}))`),
    counts: 'messages',
  },
  {
    table: 'retrain_run',
    key: 'id',
    columns: {
      request: 'json',
      outcome_details: 'json',
      metrics: 'free',
      detail: 'text',
      decision_comment: 'text',
    },
    isOf: OF_BOTH(OF_VERSION),
    counts: 'retrainings',
  },
  {
    table: 'silence',
    key: 'id',
    columns: { matchers: 'json', comment: 'text', expired_by: 'text' },
    isOf: OF_BOTH(`not exists (select from jsonb_array_elements(t.matchers) m
      where m ->> 'name' = 'model' and m ->> 'operator' = '=' and m ->> 'value' <> $2)`),
    counts: 'silences',
  },
  {
    table: 'annotation',
    key: 'id',
    columns: { change: 'free', segment: 'text', comment: 'text' },
    isOf: OF_BOTH('t.model_id = $1'),
    counts: 'incidents',
  },
  {
    table: 'event_batch',
    key: 'idempotency_key',
    columns: { response: 'json' },
    isOf: OF_ANY,
    counts: 'batches',
  },
  {
    table: 'unreadable_part',
    key: 'part_id',
    columns: { segment: 'text', error: 'text' },
    isOf: OF_ANY,
    counts: 'notes',
  },
  { table: 'duty', key: 'process', columns: { last_error: 'text' }, isOf: OF_ANY, counts: 'notes' },
  {
    table: 'bullmq.job',
    key: 'id',
    columns: { failed_reason: 'text', stacktrace: 'json', return_value: 'json' },
    isOf: OF_ANY,
    counts: 'notes',
  },
];

/** Rows that are gone through in one transaction. */
const STEP = 1_000;

export interface ToldOptions {
  readonly model: { readonly id: number; readonly name: string };
  /** As it stands in texts, and as JSON spells it. */
  readonly spellings: readonly string[];
  readonly isDry: boolean;
  /** What is to be said instead. The same value: nothing is. */
  readonly rewrite: (value: unknown, form: ToldForm) => unknown;
}

/** @returns how many rows said something else before */
export async function rewriteTold(pool: Pool, told: ToldTable, options: ToldOptions): Promise<number> {
  let changed = 0;
  for (let after: string | null = null; ;) {
    const upTo = await nextKey(pool, told, after);
    if (upTo === null) return changed;
    changed += await rewriteStretch(pool, told, { after, upTo }, options);
    after = upTo;
  }
}

/** Null: there are no more. */
async function nextKey(
  db: Queryable,
  { table, key }: ToldTable,
  after: string | null,
): Promise<string | null> {
  const condition = after === null ? '$1::text is null' : `t.${key} > $1`;
  const found = await db.query<{ key: string | null }>(
    `select (array_agg(k order by k desc))[1]::text as key from (
       select t.${key} as k from ${table} t where ${condition} order by t.${key} limit ${STEP}) s`,
    [after],
  );
  return found.rows[0]?.key ?? null;
}

async function rewriteStretch(
  pool: Pool,
  { table, key, columns, isOf }: ToldTable,
  { after, upTo }: { readonly after: string | null; readonly upTo: string },
  { model, spellings, isDry, rewrite }: ToldOptions,
): Promise<number> {
  const names = Object.keys(columns);
  const holds = names.map((name) => `position(s in t."${name}"::text) > 0`).join(' or ');
  return await inTransaction(pool, async (tx) => {
    const found = await tx.query<Record<string, unknown> & { place: string }>(
      `select t.ctid::text as place, ${names.map((name) => `t."${name}"`).join(', ')} from ${table} t
       where t.${key} <= $4 and ${after === null ? '$5::text is null' : `t.${key} > $5`}
         and exists (select from unnest($3::text[]) as s where ${holds}) and ${isOf} for update of t`,
      [model.id, model.name, spellings, upTo, after],
    );
    let changed = 0;
    for (const row of found.rows) {
      const said = names.map((name) => rewritten(row[name], columns[name] ?? 'text', rewrite));
      const isSame = said.every((each, at) => storableJson(each) === storableJson(row[names[at] ?? '']));
      if (isSame) continue;
      changed += 1;
      if (isDry) continue;
      await tx.query(
        `update ${table} set ${names.map((name, at) => `"${name}" = $${at + 2}`).join(', ')} where ctid = $1::tid`,
        [row.place, ...said.map((each, at) => stored(each, columns[names[at] ?? ''] ?? 'text'))],
      );
    }
    return changed;
  });
}

function rewritten(value: unknown, form: ToldForm, rewrite: ToldOptions['rewrite']): unknown {
  return value === null ? null : rewrite(value, form);
}

function stored(value: unknown, form: ToldForm): unknown {
  if (value === null) return null;
  if (form === 'text') return typeof value === 'string' ? storableText(value) : null;
  return form === 'names' ? value : storableJson(value);
}

/** Whether this database has it: the queue may keep its jobs elsewhere. */
export async function hasTable(db: Queryable, table: string): Promise<boolean> {
  const found = await db.query<{ is: boolean }>('select to_regclass($1) is not null as is', [table]);
  return found.rows[0]?.is === true;
}
