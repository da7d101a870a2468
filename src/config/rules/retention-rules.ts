import { DAY_MS } from '../../core/clock.ts';
import { durationMs, durationText } from '../duration.ts';
import type { Finding } from '../problem.ts';
import { countsNeededMs, DAYS_KEPT, type RetentionEntry } from '../resolve-retention.ts';
import type { ConfigFile } from '../schema/root.ts';

/** What something else stands on is kept as long as that. */
export function retentionFindings(file: ConfigFile): Finding[] {
  const all: RetentionEntry = file.retention ?? {};
  return [
    ...inOrder(all, all, ['retention']),
    ...file.models.flatMap((model, index) => {
      const path = ['models', index, 'retention'];
      const needed = countsNeededMs(model);
      return [
        ...inOrder(model.retention, { ...all, ...model.retention }, path),
        // A window that was let go of would be opened anew by what still comes to it.
        ...(['counts', 'windows'] as const).flatMap((kind) => {
          const said = model.retention[kind] ?? all[kind];
          if (said === undefined || durationMs(said) >= needed) return [];
          const message = `must be at least ${wholeDays(needed)}: so long rows and labels may come to windows of ${model.name}, or a later season asks for them (accept_late, labels.horizon, seasonal)`;
          return [
            { path: model.retention[kind] === undefined ? ['retention', kind] : [...path, kind], message },
          ];
        }),
      ];
    }),
  ];
}

const ORDER = [
  ['counts', 'windows'],
  ['counts', 'days'],
  ['days', 'weeks'],
  ['comparisons', 'windows'],
  ['windows', 'incidents'],
] as const;

/** Told where it is said. */
function inOrder(said: RetentionEntry, all: RetentionEntry, path: readonly (string | number)[]): Finding[] {
  return ORDER.flatMap(([shorter, longer]) => {
    const [short, long] = [all[shorter] ?? (shorter === 'days' ? DAYS_KEPT : undefined), all[longer]];
    // Weeks that are off are as long as they are.
    if (short === undefined || long === undefined || long === 'off' || durationMs(short) <= durationMs(long))
      return [];
    const key = said[shorter] === undefined ? longer : shorter;
    if (said[key] === undefined) return [];
    const message =
      key === shorter
        ? `must not be longer than ${longer} (${long})`
        : `must not be shorter than ${shorter} (${short})`;
    return [{ path: [...path, key], message }];
  });
}

function wholeDays(ms: number): string {
  return durationText(Math.ceil(ms / DAY_MS) * DAY_MS);
}
