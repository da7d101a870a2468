import { isDeepStrictEqual } from 'node:util';
import { windowSizeText } from '../../config/duration.ts';
import type { ModelSpec } from '../../core/model.ts';
import type { StoredHistory } from '../../store/backtest/facts.ts';
import type { ToldCount, ToldSpan } from '../../store/backtest/told-notifications.ts';
import { REPLAYED_KINDS, seriesSizesMs } from './replay-decisions.ts';

/** Keys that change verdicts, and not only what is decided on them. */
const JUDGED_BY = [
  ['min_rows', ({ minRows }) => minRows],
  ['labels', ({ labels }) => labels],
  ['operational', ({ operational }) => operational ?? null],
  ['seasonal', ({ seasonal }) => seasonal ?? null],
  ['multivariate', ({ multivariate }) => multivariate ?? true],
] as const satisfies readonly (readonly [string, (spec: ModelSpec) => unknown])[];

/** Verdicts are stored, not made again: what a configuration would have changed about them is not known. */
export function notReplayable(
  models: readonly ModelSpec[],
  history: readonly StoredHistory[],
  { sinceMs, timezone }: Pick<ToldSpan, 'sinceMs' | 'timezone'>,
  sent: readonly ToldCount[],
): string[] {
  const known = new Map(history.map((each) => [each.model, each]));
  return [
    ...models.flatMap((spec) => {
      const of = known.get(spec.name) ?? null;
      if (of === null || of.firstEvaluationMs === null) {
        return [`model ${spec.name}: no window was ever evaluated, so there is nothing to replay`];
      }
      return [
        ...(of.firstEvaluationMs > sinceMs
          ? [
              `model ${spec.name}: verdicts begin on ${dayOf(of.firstEvaluationMs, timezone)}; before, there is nothing to replay`,
            ]
          : []),
        ...missingSizes(spec, of),
        ...spec.segments
          .filter((segment) => !of.segments.includes(segment))
          .map((segment) => `model ${spec.name}: nothing was judged by segment ${segment} yet`),
        ...JUDGED_BY.filter(([, value]) => !same(value(spec), value(of.spec))).map(
          ([key]) =>
            `model ${spec.name}: \`${key}\` is not what the service runs with; verdicts are replayed as they were made`,
        ),
      ];
    }),
    ...otherKinds(sent),
  ];
}

function missingSizes(spec: ModelSpec, { sizesMs }: StoredHistory): string[] {
  return seriesSizesMs(spec)
    .filter((sizeMs) => !sizesMs.includes(sizeMs))
    .map((sizeMs) => {
      const size = sizeMs < 0 ? { size_ms: null, size_rows: -sizeMs } : { size_ms: sizeMs, size_rows: null };
      return `model ${spec.name}: no window of ${windowSizeText(size)} was ever evaluated`;
    });
}

/** What does not follow from verdicts is the same under any configuration, and counted nowhere. */
function otherKinds(sent: readonly ToldCount[]): string[] {
  const others = sent.filter(({ kind }) => !REPLAYED_KINDS.has(kind));
  return [...Map.groupBy(others, ({ kind }) => kind)].map(([kind, of]) => {
    const messages = of.reduce((sum, each) => sum + each.messages, 0);
    return `${messages} sent about ${kind.replaceAll('_', ' ')} in this time: does not follow from verdicts, and is not counted`;
  });
}

function same(a: unknown, b: unknown): boolean {
  return isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
}

function dayOf(ms: number, timezone: string): string {
  return new Date(ms).toLocaleDateString('en-CA', { timeZone: timezone });
}
