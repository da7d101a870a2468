/** What the tables hold of one feature of a model beside what is said of it, and how it is taken out. */
import type { EvaluationSeries } from '../../core/evaluation-series.ts';
import type { Queryable, Tx } from '../connection/pool.ts';
import { storableJson } from '../connection/storable-json.ts';
import { heatCellsOf } from './heat-cells.ts';
import { LETTER_TEXTS, mayNameLetter } from './letters-naming.ts';

/** Rows taken out, of a transaction that is taken back in a dry run. */
async function gone(tx: Tx, sql: string, values: unknown[]): Promise<number> {
  return (await tx.query(sql, values)).rowCount ?? 0;
}

export interface NamedFeature {
  readonly modelId: number;
  readonly name: string;
  /** As it is kept of columns that there is no room for. */
  readonly shortName: string;
}

/** Where names are kept as names: habits, places, what the model is configured to be. */
export async function forgetNames(tx: Tx, { modelId, name, shortName }: NamedFeature): Promise<number> {
  const versions = 'select id from model_version where model_id = $1';
  return (
    (await gone(
      tx,
      `delete from column_habit where feature = $2
         and baseline_id in (select id from baseline where model_version_id in (${versions}))`,
      [modelId, name],
    )) +
    (await gone(
      tx,
      `delete from admitted_name where (scope = 'columns/' || $1 and name = $2)
         or scope in (select 'segment/' || id || '/' || $2 from model_version where model_id = $1::int)`,
      [String(modelId), name],
    )) +
    (await gone(
      tx,
      `update surplus_column set names = array_remove(array_remove(names, $2), $3)
       where model_id = $1 and names && array[$2, $3]`,
      [modelId, name, shortName],
    )) +
    (await gone(
      tx,
      `update model set spec = jsonb_set(jsonb_set(spec, '{segments}', (spec -> 'segments') - $2::text),
         '{groups}', (spec -> 'groups') - $2::text) #- array['features', $2::text]
       where id = $1 and (spec -> 'segments' ? $2 or spec -> 'groups' ? $2 or spec -> 'features' ? $2)`,
      [modelId, name],
    ))
  );
}

export interface DeadLetterText {
  readonly id: number;
  readonly texts: Buffer[];
}

/** Dead letters that may name it: its spelling is somewhere in them, and they are not said to be of another model. */
export async function findDeadLetters(
  tx: Tx,
  { model, spellings }: { readonly model: string; readonly spellings: readonly string[] },
  afterId: number,
  most: number,
): Promise<DeadLetterText[]> {
  const found = await tx.query<DeadLetterText>(
    `select d.id, ${LETTER_TEXTS} as texts from dead_letter d
     where d.id > $4 and (d.model is null or d.model = $1 or not exists (select from model m where m.name = d.model))
       and ${mayNameLetter('$2', '$3')} order by d.id limit $5`,
    [model, spellings.map((text) => Buffer.from(text)), spellings, afterId, most],
  );
  return found.rows;
}

export async function deleteDeadLetters(tx: Tx, ids: readonly number[]): Promise<void> {
  await tx.query('delete from dead_letter where id = any($1::bigint[])', [ids]);
}

export async function baselineIdsOf(db: Queryable, modelId: number): Promise<number[]> {
  const found = await db.query<{ id: number }>(
    'select b.id from baseline b join model_version v on v.id = b.model_version_id where v.model_id = $1 order by b.id',
    [modelId],
  );
  return found.rows.map(({ id }) => id);
}

export interface RewrittenBaseline {
  readonly profile: Uint8Array;
  readonly sample: Uint8Array | null;
  readonly checksum: string;
  readonly summary: object;
}

export async function replaceBaseline(
  tx: Tx,
  id: number,
  { profile, sample, checksum, summary }: RewrittenBaseline,
): Promise<void> {
  await tx.query('update baseline set profile = $2, sample = $3, checksum = $4, summary = $5 where id = $1', [
    id,
    Buffer.from(profile),
    sample === null ? null : Buffer.from(sample),
    checksum,
    storableJson(summary),
  ]);
}

export interface PagedWindow {
  readonly id: number;
  readonly baselineId: number | null;
}

export async function pageOfWindows(
  db: Queryable,
  modelId: number,
  afterId: number,
  most: number,
): Promise<PagedWindow[]> {
  const found = await db.query<PagedWindow>(
    `select w.id, w.baseline_id as "baselineId" from "window" w join model_version v on v.id = w.model_version_id
     where v.model_id = $1 and w.id > $2 order by w.id limit $3`,
    [modelId, afterId, most],
  );
  return found.rows;
}

export async function countWindowsOf(db: Queryable, modelId: number): Promise<number> {
  const found = await db.query<{ n: number }>(
    `select count(*)::float8 as n from "window" w join model_version v on v.id = w.model_version_id where v.model_id = $1`,
    [modelId],
  );
  return found.rows[0]?.n ?? 0;
}

/** What may be gone through window by window: this table, and any that keeps profiles alike. */
export interface PartToRewrite {
  /** Where it lies. */
  readonly place: string;
  readonly windowId: number;
  readonly segment: string;
  readonly kind: 'input' | 'rows';
  readonly delta: Buffer;
}

/** A few at a time: some windows hold a hundred megabytes of them. */
export async function loadPartsToRewrite(
  db: Queryable,
  windowIds: readonly number[],
  afterId: number,
  most: number,
): Promise<(PartToRewrite & { readonly id: number })[]> {
  const found = await db.query<PartToRewrite & { id: number }>(
    `select p.id, p.id::text as place, p.window_id as "windowId", p.segment, p.kind, p.delta from window_part p
     where p.window_id = any($1::bigint[]) and p.kind in ('input', 'rows') and p.id > $2 order by p.id limit $3`,
    [windowIds, afterId, most],
  );
  return found.rows;
}

/** @returns whether it was still there: parts are replaced by their sum now and then */
export async function replacePart(
  tx: Tx,
  { windowId, place }: Pick<PartToRewrite, 'windowId' | 'place'>,
  delta: Uint8Array,
): Promise<boolean> {
  const changed = await gone(tx, 'update window_part set delta = $3 where window_id = $1 and id = $2', [
    windowId,
    place,
    Buffer.from(delta.buffer, delta.byteOffset, delta.byteLength),
  ]);
  return changed > 0;
}

/** With what heat maps show of it, which is made of them. */
export async function deleteMeasurements(
  tx: Tx,
  windowIds: readonly number[],
  name: string,
): Promise<number> {
  const deleted = await gone(
    tx,
    `delete from measurement where window_id = any($1::bigint[]) and subject = 'feature' and name = $2`,
    [windowIds, name],
  );
  await tx.query(
    `update verdict d set (heat_names, heat_cells) = ${heatCellsOf('d.window_id', 'd.segment')}
     where d.window_id = any($1::bigint[]) and $2 = any(d.heat_names)`,
    [windowIds, name],
  );
  return deleted;
}

const SEGMENTED = ['window_part', 'measurement', 'comparison', 'verdict'] as const;

/** Segments of these windows that are made of its values. */
export async function segmentsNaming(
  db: Queryable,
  windowIds: readonly number[],
  prefix: string,
): Promise<string[]> {
  const each = SEGMENTED.map(
    (table) =>
      `select segment from ${table} where window_id = any($1::bigint[]) and position($2 in segment) > 0`,
  );
  const found = await db.query<{ segment: string }>(each.join(' union '), [windowIds, prefix]);
  return found.rows.map(({ segment }) => segment);
}

export async function renameSegment(
  tx: Tx,
  windowIds: readonly number[],
  from: string,
  to: string,
): Promise<void> {
  for (const table of SEGMENTED) {
    await tx.query(`update ${table} set segment = $3 where window_id = any($1::bigint[]) and segment = $2`, [
      windowIds,
      from,
      to,
    ]);
  }
}

export interface StoredComparison {
  readonly windowId: number;
  readonly series: EvaluationSeries;
  readonly segment: string;
  readonly about: string;
  readonly columns: Buffer;
}

export async function loadStoredComparisons(
  db: Queryable,
  windowIds: readonly number[],
): Promise<StoredComparison[]> {
  const found = await db.query<StoredComparison>(
    `select window_id as "windowId", series, segment, about, columns from comparison
     where window_id = any($1::bigint[]) for update`,
    [windowIds],
  );
  return found.rows;
}

export async function replaceComparison(
  tx: Tx,
  { windowId, series, segment, about }: StoredComparison,
  columns: Uint8Array,
): Promise<void> {
  await tx.query(
    `update comparison set columns = $5 where window_id = $1 and series = $2 and segment = $3 and about = $4`,
    [windowId, series, segment, about, Buffer.from(columns)],
  );
}

/** What verdicts and older measurements of these windows say in words and JSON, where a spelling of it is in them. */
const SAID_OF_WINDOWS = {
  verdict: ['summary', 'diagnosis', 'performance', 'multivariate', 'joined', 'operational'],
  measurement: ['details'],
} as const;
type SaidTable = keyof typeof SAID_OF_WINDOWS;

export async function rewriteSaid(
  tx: Tx,
  table: SaidTable,
  { windowIds, spellings }: { readonly windowIds: readonly number[]; readonly spellings: readonly string[] },
  rewrite: (value: unknown) => unknown,
): Promise<number> {
  const names = SAID_OF_WINDOWS[table];
  const holds = names.map((name) => `position(s in t.${name}::text) > 0`).join(' or ');
  const found = await tx.query<Record<string, unknown> & { place: string; held: string }>(
    `select t.tableoid::regclass::text as held, t.ctid::text as place, ${names.map((name) => `t.${name}`).join(', ')} from ${table} t
     where t.window_id = any($1::bigint[]) and exists (select from unnest($2::text[]) as s where ${holds}) for update`,
    [windowIds, spellings],
  );
  let changed = 0;
  for (const row of found.rows) {
    const said = names.map((name) => (row[name] === null ? null : rewrite(row[name])));
    if (said.every((each, at) => storableJson(each) === storableJson(row[names[at] ?? '']))) continue;
    changed += 1;
    const isText = (name: string): boolean => name === 'summary';
    await tx.query(
      `update ${row.held} set ${names.map((name, at) => `${name} = $${at + 2}`).join(', ')} where ctid = $1::tid`,
      [
        row.place,
        ...said.map((each, at) => (each === null || isText(names[at] ?? '') ? each : storableJson(each))),
      ],
    );
  }
  return changed;
}

export interface ListedChunk {
  readonly id: number;
  readonly day: string;
}

/** Chunks of features of a model's rows, in order; many are little. */
export async function pageOfChunks(
  db: Queryable,
  modelId: number,
  afterId: number,
  most: number,
): Promise<ListedChunk[]> {
  const found = await db.query<ListedChunk>(
    `select c.id, to_char(c.event_day, 'YYYY-MM-DD') as day from prediction_chunk c
     join model_version v on v.id = c.model_version_id
     where v.model_id = $1 and c.id > $2 order by c.id limit $3`,
    [modelId, afterId, most],
  );
  return found.rows;
}

/** Whether rows of a block are in segments that are made of it. */
export async function isNamedInBlock(
  db: Queryable,
  { id, day }: ListedChunk,
  prefixes: readonly string[],
): Promise<boolean> {
  const found = await db.query<{ is: boolean }>(
    `select exists (select from prediction_pack p, unnest($3::bytea[]) as s
       where p.event_day = $1::date and p.block_id = $2 and position(s in p.data) > 0) as is`,
    [day, id, prefixes.map((text) => Buffer.from(text))],
  );
  return found.rows[0]?.is === true;
}

/** Whether segments of the model were ever made of it. */
export async function isSegment(db: Queryable, modelId: number, name: string): Promise<boolean> {
  const found = await db.query<{ is: boolean }>(
    `select exists (select from admitted_name a join model_version v on a.scope = 'segment/' || v.id || '/' || $2
       where v.model_id = $1) as is`,
    [modelId, name],
  );
  return found.rows[0]?.is === true;
}
