/** How much is kept until all is judged, refused before the work where it would be too much. */
import { UserError } from '../../core/errors.ts';
import type { Cut } from './cut.ts';

/** What is said of a column in a window is kept until all are written: some three kilobytes each. */
const MOST_COMPARISONS = 400_000;

export function expectRoomForWindows({ windows, slices }: Cut, columns: number, path: string): void {
  if (windows === null) return;
  const each = slices.length * (columns + 3);
  if (windows.length * each <= MOST_COMPARISONS) return;
  const most = Math.floor(MOST_COMPARISONS / each).toLocaleString('en');
  throw new UserError(
    `${path} has rows in ${windows.length.toLocaleString('en')} windows, which are ${(windows.length * each).toLocaleString('en')} comparisons; ${MOST_COMPARISONS.toLocaleString('en')} fit, ${most} windows of so many columns and segments`,
    { fix: 'Choose a larger --window, fewer --segments or fewer --features.' },
  );
}

/** What each window counts of each column is kept until all columns are judged: a few kilobytes each. */
const MOST_SEASON_PROFILES = 50_000;

export function expectRoomForSeasons({ season, windows, slices }: Cut, columns: number): void {
  if (season === null || windows === null) return;
  const profiles = (windows.length + season.windows.length) * slices.length * columns;
  if (profiles <= MOST_SEASON_PROFILES) return;
  throw new UserError(
    `${profiles.toLocaleString('en')} counts of a column in a window are too many to keep for --seasonal, which takes ${MOST_SEASON_PROFILES.toLocaleString('en')}`,
    { fix: 'Choose a larger --window, fewer --segments or fewer --features.' },
  );
}
