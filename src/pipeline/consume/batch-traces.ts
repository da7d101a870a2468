import type { PartitionId, RecordBatch, RecordList } from '../../core/events/log-source.ts';
import { currentTrace, readTraceParent, step, type TraceParent } from '../../core/trace/steps.ts';

/** What a span may link to; more says no more. */
const MOST_LINKS = 128;

/** What the producers of these records were doing, as far as they tell. */
function tracesOf(records: RecordList): TraceParent[] {
  const traces = new Set<TraceParent>();
  for (const { headers } of records) {
    const bytes = headers?.get('traceparent');
    if (bytes === undefined || bytes.length > 200) continue;
    const trace = readTraceParent(Buffer.from(bytes).toString('latin1'));
    if (trace !== null) traces.add(trace);
    if (traces.size === MOST_LINKS) break;
  }
  return [...traces];
}

/** Adds the step that runs here. */
export function noteTrace(traces: TraceParent[]): void {
  const own = currentTrace();
  if (own !== null && traces.length < MOST_LINKS && traces.at(-1) !== own) traces.push(own);
}

/** The step that takes up a batch. */
export async function takingBatch<T>(batch: RecordBatch, take: () => Promise<T>): Promise<T> {
  const facts = { attributes: attributesOf(batch), links: () => tracesOf(batch.records) };
  return await step('ingest.batch', facts, take);
}

/** The step that stores what came with these batches. */
export async function makingCheckpoint<T>(
  id: PartitionId,
  traces: readonly TraceParent[],
  store: () => Promise<T>,
): Promise<T> {
  return await step('checkpoint', { attributes: attributesOf(id), links: () => traces }, store);
}

function attributesOf({ source, partition }: PartitionId): Record<string, string | number> {
  return { 'shiftwatch.source': source, 'shiftwatch.partition': partition };
}
