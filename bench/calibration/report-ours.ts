import { CHANGES } from './changes.ts';
import type { Results } from './results.ts';
import { HEALTHY_WINDOWS, SERIAL_SHIFTS } from './study-serial.ts';
import { count, inPercent, markdownTable, perThousand, ratePerThousand, sharePercent } from './wording.ts';

const DASH = '–';

/** Flagged windows when nothing moved, by size. */
export function falseAlarmTable(results: Results): string {
  const rows = results.sizes('null').flatMap((windowRows) => {
    const at = { study: 'null', windowRows } as const;
    const features = results.rate(at, 'features');
    const judged = results.rate(at, 'features, refusals judged');
    const refused = results.rate(at, 'refused');
    if (features === null || judged === null || refused === null) return [];
    const others = ['prediction', 'score', 'label', 'anything'].map((name) => {
      const rate = results.rate(at, name);
      return rate === null ? DASH : perThousand(rate.rate);
    });
    return [
      [
        count(windowRows),
        count(features.trials),
        ratePerThousand(features),
        perThousand(judged.rate),
        sharePercent(refused.rate),
        ...others,
      ],
    ];
  });
  return markdownTable(
    [
      'rows',
      'null windows',
      'flagged per 1,000 (95 % bound)',
      'the same, refused features judged too',
      'features refused',
      'prediction',
      'score',
      'label',
      'any of the four',
    ],
    rows,
  );
}

/** Baselines much smaller or larger than the usual. */
export function referenceSizeTable(results: Results, sizes: readonly number[]): string {
  const rows = sizes.flatMap((referenceRows) => {
    const rate = results.rate(
      { study: 'null', windowRows: 1000, referenceRows },
      'features, refusals judged',
    );
    return rate === null ? [] : [[count(referenceRows), count(rate.trials), ratePerThousand(rate)]];
  });
  return markdownTable(
    ['rows of the reference', 'null windows of 1,000', 'flagged per 1,000 (95 % bound)'],
    rows,
  );
}

/** Share of windows in which the moved feature is flagged. */
export function powerTable(results: Results): string {
  const sizes = results.sizes('power');
  const rows = CHANGES.map((change) => [
    change.name,
    ...sizes.map((windowRows) => {
      const rate = results.rate({ study: 'power', windowRows }, change.name);
      return rate === null ? DASH : inPercent(rate.rate);
    }),
  ]);
  return markdownTable(
    ['one of 50 features, found in %', ...sizes.map((size) => `${count(size)} rows`)],
    rows,
  );
}

/** Rows that depend on the row before. */
export function serialTable(results: Results, phis: readonly number[]): string {
  const rules = ['independent rows', ...HEALTHY_WINDOWS.map((windows) => `${windows} healthy windows`)];
  const rows = phis.flatMap((phi) =>
    rules.flatMap((rule) => {
      const at = { study: 'serial', windowRows: 1000, phi } as const;
      const flagged = results.rate(at, `${rule}: flagged`);
      if (flagged === null) return [];
      const found = SERIAL_SHIFTS.map((shift) => {
        const rate = results.rate(at, `${rule}: +${shift} σ found`);
        return rate === null ? DASH : inPercent(rate.rate);
      });
      return [[String(phi), rule, ratePerThousand(flagged), ...found]];
    }),
  );
  return markdownTable(
    [
      'φ',
      'judged by',
      'flagged per 1,000 (95 % bound)',
      ...SERIAL_SHIFTS.map((shift) => `finds +${shift} σ in %`),
    ],
    rows,
  );
}

/** How the p-values of each kind of feature keep their level, whatever the floor does afterwards. */
export function levelTable(results: Results, sizes: readonly number[]): string {
  const [first] = sizes;
  if (first === undefined) return '';
  const families = results.names({ study: 'null', windowRows: first }, 'p ≤ 1e-3: ');
  const rows = families.map((family) => [
    family,
    ...sizes.flatMap((windowRows) =>
      LEVELS.map(({ level, name }) => {
        const rate = results.rate({ study: 'null', windowRows }, `p ≤ ${name}: ${family}`);
        return rate === null ? DASH : (rate.rate / level).toFixed(2);
      }),
    ),
  ]);
  const heads = sizes.flatMap((size) => LEVELS.map(({ name }) => `${name}, ${count(size)} rows`));
  return markdownTable(['kind of feature', ...heads], rows);
}

const LEVELS = [
  { level: 0.05, name: '0.05' },
  { level: 1e-3, name: '1e-3' },
  { level: 1e-5, name: '1e-5' },
] as const;
