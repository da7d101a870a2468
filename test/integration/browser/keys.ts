/** An incident, from the link in its mail to its end, by keyboard alone. */
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import type { Stage } from './stage.ts';
import { complaintsOf, settled, visit } from './watched-page.ts';

/** More stops than any screen has before its last button. */
const MOST_STOPS = 120;

export function byKeyboard(stage: () => Stage): void {
  it('an incident is acknowledged and resolved from the link in its mail', async () => {
    const { smtp, pages } = stage();
    const page = pages[1_440];
    const mail = await smtp.waitForMail(({ parsed }) => /loans.*concept drift/i.test(parsed.subject ?? ''));
    const [link] = /http:\/\/127\.0\.0\.1:\d+\/incidents\/\d+/.exec(mail.parsed.text ?? '') ?? [];
    await visit(page, link ?? '');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to content');
    await page.keyboard.press('Enter');

    await tabTo(page, 'Acknowledge');
    await page.keyboard.press('Enter');
    await page.keyboard.type('Ann');
    await page.keyboard.press('Tab');
    await page.keyboard.type('I look at it.');
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Acknowledge');
    await page.keyboard.press('Enter');
    await page.getByText('Acknowledged by Ann: no reminders while it lasts.').waitFor();
    expect(await page.getByText('I look at it.').count()).toBeGreaterThan(0);

    await tabTo(page, 'Resolve');
    await page.keyboard.press('Enter');
    // Who it is, is remembered.
    expect(await page.evaluate(`document.querySelector('dialog[open] input[name=author]').value`)).toBe(
      'Ann',
    );
    await tabTo(page, 'Resolve');
    await page.keyboard.press('Enter');
    await page.getByText(/^Resolved by Ann\./).waitFor();
    await settled(page);
    expect(await page.locator('.incident-line .pill').textContent()).toBe('resolved');
    expect(complaintsOf(page)).toEqual([]);
  });
}

async function focused(page: Page): Promise<string> {
  return await page.evaluate<string>(
    `(document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent).trim()`,
  );
}

/** From stop to stop, each of which must be seen to have the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let stops = 0; stops < MOST_STOPS; stops += 1) {
    await page.keyboard.press('Tab');
    const [isSeen, at] = await page.evaluate<[boolean, string]>(`(() => {
      const at = document.activeElement;
      const style = getComputedStyle(at);
      return [at === document.body || style.outlineStyle !== 'none' || style.boxShadow !== 'none', at.outerHTML.slice(0, 200)];
    })()`);
    expect(isSeen, `the focus on ${at}`).toBe(true);
    if ((await focused(page)) === name) return;
  }
  throw new Error(`no stop is called ${name}`);
}
