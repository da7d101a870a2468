import { basename } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/resolve.ts';
import { UsageError, UserError } from '../../core/errors.ts';
import { parseTimestamp } from '../../decode/timestamp.ts';
import { readEventLines } from '../../ingest/file/event-lines.ts';
import { tableToEvents } from '../../ingest/file/table-events.ts';
import { readTable } from '../../ingest/table/read-table.ts';
import type { Io } from '../terminal/io.ts';
import {
  type Answer,
  type Destination,
  openDestination,
  type OutgoingEvent,
  type ReplayFlags,
} from './destinations.ts';
import { writingOptions } from '../terminal/table-options.ts';
import { counted, progressLine } from '../terminal/progress-line.ts';

const BATCH = 1_000;
const MINUTE_MS = 60_000;

/** Reads events from a file and sends them on, in their order, at the asked-for pace. */
export async function replayFile(file: string, flags: ReplayFlags, io: Io): Promise<void> {
  if (isTable(file) && flags.model === undefined) {
    throw new UsageError('a table needs --model', {
      fix: 'Say which of the configured models its rows belong to.',
    });
  }
  const config = await io.config();
  const destination = await openDestination(file, flags, config, io);
  const bar = progressLine(io);
  const pace = createPace(flags, io);
  const sent = { accepted: 0, late: 0, duplicates: 0, deadLetters: 0, events: 0 };
  const flush = async (batch: OutgoingEvent[]): Promise<void> => {
    if (batch.length === 0) return;
    const answer = await sendInPieces(destination, batch);
    sent.events += batch.length;
    sent.accepted += answer.accepted;
    sent.late += answer.late;
    sent.duplicates += answer.duplicates;
    sent.deadLetters += answer.deadLetters;
    bar.show(counted(`replaying ${basename(file)}`, sent.events, 'rows'), null);
  };
  try {
    let batch: OutgoingEvent[] = [];
    for await (const event of events(file, flags, config, io)) {
      if (pace.wouldWait(event.timestampMs)) {
        await flush(batch);
        batch = [];
        await pace.wait(event.timestampMs);
      }
      batch.push(event);
      if (batch.length >= BATCH) {
        await flush(batch);
        batch = [];
      }
    }
    await flush(batch);
  } finally {
    bar.end();
    await destination.close();
  }
  io.print(
    `${sent.events} events to ${flags.to}: ${sent.accepted} accepted, ${sent.late} late, ${sent.duplicates} duplicates, ` +
      `${sent.deadLetters} dead letters\n`,
  );
}

/** In halves where it is too much at once: rows of many years are events of many windows. */
async function sendInPieces(destination: Destination, batch: readonly OutgoingEvent[]): Promise<Answer> {
  const answer = await destination.send(batch);
  if (answer !== null) return answer;
  if (batch.length <= 1) {
    throw new UserError('an event is too large to be taken', { fix: 'Log less with each event.' });
  }
  const middle = Math.ceil(batch.length / 2);
  const first = await sendInPieces(destination, batch.slice(0, middle));
  const second = await sendInPieces(destination, batch.slice(middle));
  return {
    accepted: first.accepted + second.accepted,
    late: first.late + second.late,
    duplicates: first.duplicates + second.duplicates,
    deadLetters: first.deadLetters + second.deadLetters,
  };
}

const isTable = (file: string): boolean => /\.(csv|tsv|parquet)(\.gz)?$/.test(file);

async function* events(
  file: string,
  flags: ReplayFlags,
  config: Config,
  io: Io,
): AsyncGenerator<OutgoingEvent> {
  if (!isTable(file)) {
    for await (const record of readEventLines(file === '-' ? process.stdin : file, { clock: io.clock })
      .records) {
      yield readEnvelope(Buffer.from(record.value ?? new Uint8Array()).toString());
    }
    return;
  }
  const spec = config.models.find((model) => model.name === flags.model);
  if (spec === undefined) {
    throw new UserError(`there is no model ${flags.model}`, {
      fix: `Configured are: ${config.models.map((model) => model.name).join(', ')}.`,
    });
  }
  const { prediction, score, label, timestamp, predictionId, labelDelay } = flags;
  const columns = Object.fromEntries(
    Object.entries({ prediction, score, label, timestamp, predictionId }).filter(
      ([, name]) => name !== undefined,
    ),
  );
  const { table, notes } = await readTable(file, { columns, task: spec.task, ...writingOptions(flags) });
  for (const note of notes) io.say(`note: ${note}\n`);
  const nowMs = io.clock.nowMs();
  yield* tableToEvents(table, {
    model: spec.name,
    version: flags.modelVersion,
    // Rows without a time: one a minute, the last one now.
    startMs: nowMs - table.rows * MINUTE_MS,
    stepMs: MINUTE_MS,
    labelDelayMs: labelDelay ?? 0,
    idPrefix: `${basename(file)}-`,
  });
}

/** Type and time of an event as far as a line shows them; a line that cannot be read is sent on all the same. */
function readEnvelope(json: string): OutgoingEvent {
  try {
    const event = JSON.parse(json) as { type?: unknown; timestamp?: unknown; prediction_id?: unknown };
    const { type, timestamp, prediction_id: id } = event;
    const time = parseTimestamp(timestamp);
    return {
      json,
      type: type === 'label' || type === 'features' ? type : 'prediction',
      timestampMs: time.ok ? time.value : null,
      predictionId: typeof id === 'string' ? id : null,
    };
  } catch {
    return { json, type: 'prediction', timestampMs: null, predictionId: null };
  }
}

interface Pace {
  wouldWait(timestampMs: number | null): boolean;
  wait(timestampMs: number | null): Promise<void>;
}

/** As fast as taken, so many events a second, or so many times as fast as they happened. */
function createPace({ rate, speed }: ReplayFlags, io: Pick<Io, 'clock'>): Pace {
  const startedAtMs = io.clock.nowMs();
  let firstEventMs: number | null = null;
  let count = 0;
  const dueMs = (timestampMs: number | null): number => {
    const byRate = rate === undefined ? 0 : (count / rate) * 1_000;
    if (speed === undefined || timestampMs === null) return startedAtMs + byRate;
    firstEventMs ??= timestampMs;
    return startedAtMs + Math.max(byRate, (timestampMs - firstEventMs) / speed);
  };
  return {
    wouldWait: (timestampMs) => {
      count += 1;
      return dueMs(timestampMs) > io.clock.nowMs();
    },
    wait: async (timestampMs) => {
      const pauseMs = dueMs(timestampMs) - io.clock.nowMs();
      if (pauseMs > 0) await sleep(pauseMs);
    },
  };
}
