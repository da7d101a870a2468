import { durationText } from '../../config/duration.ts';
import { keptHistory } from '../../store/read-models/kept-history.ts';
import { bytesInWords, growthInWords, growthOfKept } from '../../words/kept.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { textTable } from '../terminal/text-table.ts';
import { withDatabase } from '../terminal/with-database.ts';

export async function showKept(io: OperationsIo, asJson: boolean): Promise<void> {
  const nowMs = io.clock.nowMs();
  const { kept, models } = await withDatabase(io, async ({ pool, config: { history } }) => ({
    kept: await keptHistory(pool, history.retention),
    models: history.models,
  }));
  const growth = growthOfKept(kept, nowMs);
  if (asJson) {
    io.print(`${JSON.stringify({ at: new Date(nowMs).toISOString(), kept, ...growth }, null, 2)}\n`);
    return;
  }
  io.print(
    textTable(
      ['KEPT', 'FOR', 'SINCE (UTC)', 'SIZE'],
      kept.map((each) => [
        each.kind.replaceAll('_', ' '),
        spanInWords(each.kept_ms),
        each.since === null ? '-' : each.since.slice(0, 10),
        bytesInWords(each.bytes),
      ]),
    ),
  );
  for (const { model, retention } of models) {
    const own = (['predictions', 'comparisons', 'counts', 'days', 'weeks', 'windows'] as const).filter(
      (kind) => retention[`${kind}Ms`] !== kept.find((each) => each.kind === kind)!.kept_ms,
    );
    if (own.length > 0)
      io.print(
        `${model}: ${own.map((kind) => `${kind} ${spanInWords(retention[`${kind}Ms`])}`).join(', ')}\n`,
      );
  }
  io.print(`${bytesInWords(growth.bytes)} in all, ${growthInWords(growth)}.\n`);
  io.say('What goes next: shiftwatch retention run --dry-run --as-of TIME\n');
}

function spanInWords(keptMs: number | null): string {
  return keptMs === null ? 'off' : durationText(keptMs);
}
