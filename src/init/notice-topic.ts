/** What a topic holds → what was noticed of it. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { LogEventType } from '../core/events/events.ts';
import type { RawRecord } from '../core/events/log-source.ts';
import { DEFAULT_FORMAT_SETTINGS, JSON_EVENTS } from '../core/events/log-format.ts';
import type { LogFormat } from '../core/events/log-format.ts';
import { formatOf } from '../decode/formats.ts';
import { readExactJson } from '../decode/json-message.ts';
import { DEFAULT_DECODE_LIMITS } from '../decode/limits.ts';
import { recogniseFormat } from '../decode/recognise-format.ts';
import { createRecordDecoder } from '../decode/record-decoder.ts';
import type { RecordDecoder } from '../decode/record-decoder.ts';
import { readFrame } from '../decode/schema-reference.ts';
import type { SchemaSource } from '../decode/schema-source.ts';
import { readTable } from '../ingest/table/read-table.ts';
import type { ReadTable, ReadTableOptions } from '../ingest/table/read-table.ts';
import { noticeTable } from './notice-table.ts';
import type { Noticed, NoticedSource } from './noticed.ts';
import type { JoinedRows, TopicRows } from './topic-rows.ts';
import { ROW_COLUMNS } from './topic-rows.ts';

export interface TopicCounts {
  records: number;
  readonly events: Record<LogEventType, number>;
  readonly refused: Map<string, { count: number; detail: string }>;
}

export const noCounts = (): TopicCounts => ({
  records: 0,
  events: { prediction: 0, features: 0, label: 0 },
  refused: new Map(),
});

/**
 * How the messages of a topic are read: as its first records show, unless somebody has said it.
 *
 * @throws UserError for messages that only a schema registry explains, when there is none
 */
export function formatOfTopic(
  topic: string,
  first: readonly RawRecord[],
  said: LogFormat | null,
  model: string | null,
  registry: SchemaSource | null,
): LogFormat {
  if (said !== null) return said;
  const valued = first.filter(({ value }) => value !== null && value.byteLength > 0);
  const framed = valued.filter(
    ({ value, headers }) => readFrame(value!, headers).ok && !readExactJson(value, DEFAULT_DECODE_LIMITS).ok,
  );
  if (framed.length * 2 > valued.length) {
    if (registry !== null) return { ...JSON_EVENTS, encoding: 'registry' };
    throw new UserError(
      `the messages of ${topic} are Avro or Protobuf, which only their schema registry explains`,
      {
        fix: 'Name it: --schema-registry http://HOST:8081',
      },
    );
  }
  const preset = recogniseFormat(valued, topic);
  if (preset === null) return JSON_EVENTS;
  return { ...JSON_EVENTS, name: preset, settings: { ...DEFAULT_FORMAT_SETTINGS, model } };
}

export function decoderOf(
  format: LogFormat,
  type: LogEventType,
  schemas: SchemaSource | null,
): RecordDecoder {
  return createRecordDecoder(formatOf(format), DEFAULT_DECODE_LIMITS, { typeFromTopic: type }, schemas);
}

/** Decodes records into rows; what is no event is counted. */
export async function takeRecords(
  decoder: RecordDecoder,
  at: { readonly topic: string; readonly partition: number },
  records: readonly RawRecord[],
  rows: TopicRows,
  counts: TopicCounts,
): Promise<void> {
  await decoder.prepare(records);
  for (const record of records) {
    counts.records += 1;
    const decoded = decoder.decode(record, {
      source: `kafka:${at.topic}`,
      partition: at.partition,
      offset: record.offset,
    });
    if (decoded.ok) {
      for (const event of decoded.value) {
        counts.events[event.type] += 1;
        rows.add(event);
      }
      continue;
    }
    const { reason, detail } = decoded.error;
    const known = counts.refused.get(reason);
    counts.refused.set(reason, { count: (known?.count ?? 0) + 1, detail: known?.detail ?? detail });
  }
}

/** @throws UserError in one sentence when nothing can be written of these records */
export function modelOfRows(
  topic: string,
  rows: TopicRows,
  counts: TopicCounts,
  wanted: string | null,
): string {
  const { models } = rows;
  if (models.length === 0) throw noPredictions(topic, counts);
  if (wanted !== null) {
    if (models.includes(wanted)) return wanted;
    throw new UserError(`${topic} holds no predictions of ${wanted}`, {
      fix: `It holds those of ${models.join(', ')}.`,
    });
  }
  const [only = '', ...others] = models;
  if (others.length === 0) return only;
  throw new UserError(
    `${topic} holds predictions of ${models.length} models: ${models.slice(0, 50).join(', ')}`,
    {
      fix: `Say which is meant, such as --model ${only}; the others are added to the file later.`,
    },
  );
}

function noPredictions(topic: string, { records, events, refused }: TopicCounts): UserError {
  if (events.label + events.features > 0) {
    const what = events.label > 0 ? 'labels' : 'features';
    return new UserError(`${topic} holds ${what} and no predictions`, {
      fix: 'Name the topic of predictions with --topic, and that of labels with --labels-topic.',
    });
  }
  const [most] = [...refused].sort(([, a], [, b]) => b.count - a.count);
  const why = most === undefined ? '' : ` (${most[1].count} × ${most[0]}: ${most[1].detail})`;
  return new UserError(`none of the ${records} records read of ${topic} is an event${why}`, {
    fix: 'docs/logs.md shows what events look like, and how other messages are mapped to them.',
  });
}

export interface TopicNoticed {
  readonly noticed: Noticed;
  readonly tables: ReadonlyMap<string, ReadTable>;
}

/** Rows become a file for a while, so that they are read by the one reader there is. */
export async function noticeRows(
  model: string,
  joined: JoinedRows,
  source: NoticedSource,
  notes: readonly string[],
  given: ReadTableOptions,
): Promise<TopicNoticed> {
  const folder = await mkdtemp(join(tmpdir(), 'shiftwatch-init-'));
  try {
    const read = async (
      name: string,
      lines: readonly string[],
      options: ReadTableOptions,
    ): Promise<ReadTable> => {
      const file = join(folder, `${name}.jsonl`);
      await writeFile(file, lines.map((line) => `${line}\n`).join(''));
      return await readTable(file, options);
    };
    const all = [...joined.versions.values()].flat();
    const columns = presentColumns(all);
    const whole = await read('topic', all, { ...given, columns });
    const tables = new Map<string, ReadTable>();
    for (const [version, lines] of joined.versions) {
      const own =
        joined.versions.size === 1
          ? whole
          : await read(`version-${tables.size}`, lines, {
              columns: presentColumns(lines),
              like: whole.shape,
            });
      tables.set(version, own);
    }
    const noticed = noticeTable({
      read: { ...whole, notes: [...whole.notes, ...notes] },
      source,
      model,
      named: {
        prediction_id: 'prediction_id',
        timestamp: 'timestamp',
        prediction: 'prediction',
        ...(columns.score !== undefined && { score: 'score' }),
        label: 'label',
      },
      others: [],
      modelVersions: [...joined.versions.keys()],
      featuresFrom: joined.featuresFrom,
      labelsWithinMs: joined.labelsWithinMs,
    });
    return { noticed, tables };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A role can be named only where a row has it. */
function presentColumns(lines: readonly string[]): Partial<typeof ROW_COLUMNS> {
  return Object.fromEntries(
    Object.entries(ROW_COLUMNS).filter(([, name]) => {
      const key = `${JSON.stringify(name)}:`;
      return lines.some((line) => line.includes(key));
    }),
  );
}
