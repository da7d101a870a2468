/** A screen follows what is committed, says when it does not, and goes on by itself. */
import { expect, it } from 'vitest';
import { logDays } from './log-days.ts';
import { LOAN_DAYS, type Stage } from './stage.ts';
import { complaintsOf, visit } from './watched-page.ts';

export function liveScreens(stage: () => Stage): void {
  it('a verdict shows without reloading, and a server that is restarted is found again', async () => {
    const { pages, url, pool, loans, stop, start } = stage();
    const page = pages[1_440];
    await visit(page, `${url}/models/loans`);
    const state = page.locator('header [role=status]');
    await state.getByText('live', { exact: true }).waitFor();
    await page.evaluate('window.isTheSame = true');
    const period = page.locator('.time-control .period');
    expect(await period.textContent()).toContain('to 2026-02-28');
    await logDays(pool, loans, LOAN_DAYS.length, ['fault']);
    await page
      .getByText(/data fault/i)
      .first()
      .waitFor();
    await period.getByText('to 2026-03-01').waitFor();

    await stop();
    await state.getByText(/^not live, last seen \d\d:\d\d$/).waitFor();
    await start();
    await state.getByText('live', { exact: true }).waitFor();
    expect(await page.evaluate('window.isTheSame')).toBe(true);
    // A browser tells of every try that failed.
    expect(complaintsOf(page).filter((text) => !/ERR_|Failed to load/.test(text))).toEqual([]);
  });
}
