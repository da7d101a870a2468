import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartsOf } from '../../src/act/charts/charts-of.ts';
import { pictureOf } from '../../src/act/charts/picture.ts';
import { composeMail } from '../../src/act/channels/mail/compose-mail.ts';
import { createSmtpMailer } from '../../src/act/channels/mail/smtp-mailer.ts';
import { chromiumPath, openChromium } from '../dashboard/chromium.ts';
import { startSmtp } from '../harness/smtp.ts';
import { SAMPLE_MAILS } from './sample-mails.ts';

const path = chromiumPath();
/** Set, the pictures are kept there to be looked at. */
const folder = process.env['MAIL_SCREENSHOTS'];

const settings = {
  from: 'Shiftwatch <shiftwatch@example.org>',
  publicUrl: 'https://shiftwatch.example.org',
  host: 'example.org',
  timeZone: 'Europe/Berlin',
};
const kinds = Object.keys(SAMPLE_MAILS) as (keyof typeof SAMPLE_MAILS)[];

/** Every piece of text whose contrast to what is behind it is below 4.5:1. */
const FAINT = `(() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => {
    const part = (v) => { const s = v / 255; return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4; };
    return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  };
  const ground = (element) => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (text === '' || element.offsetParent === null) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(ground(element))];
    const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (contrast < 4.5) faint.push(text.slice(0, 40) + ' ' + contrast.toFixed(2));
  }
  return faint;
})()`;

/** Pictures: what they say, whether they were found, and how wide they are shown. */
const PICTURES = `[...document.images].map((image) => ({
  alt: image.alt, isFound: image.naturalWidth > 0, isSharp: image.naturalWidth >= 2 * image.width }))`;
const OVERHANG = `document.documentElement.scrollWidth - window.innerWidth`;

describe.skipIf(path === null)('mails in a browser', () => {
  let browser: Browser;
  /** As a mail program shows them: sent by SMTP, parsed, each `cid:` replaced by its part. */
  const shown = new Map<string, string>();

  beforeAll(async () => {
    // No test runs without a browser.
    if (path === null) return;
    const smtp = await startSmtp();
    const mailer = createSmtpMailer(smtp.url);
    for (const kind of kinds) {
      const notification = SAMPLE_MAILS[kind]();
      const pictures = [];
      for (const chart of chartsOf(notification, settings.timeZone)) pictures.push(await pictureOf(chart));
      const messageId = `<${kind}@example.org>`;
      const unsubscribeUrl = `${settings.publicUrl}/unsubscribe/YQ.c2ln`;
      const message = composeMail(
        notification,
        settings,
        { messageId, to: ['a@example.org'], unsubscribeUrl },
        pictures,
      );
      expect(Buffer.byteLength(message.html)).toBeLessThan(100_000);
      expect(await mailer.send(message, 'a@example.org', new AbortController().signal)).toMatchObject({
        outcome: 'sent',
      });
      const received = await smtp.waitForMail(({ parsed }) => parsed.messageId === messageId);
      shown.set(kind, String(received.parsed.html));
    }
    mailer.close();
    browser = await openChromium(path);
    if (folder !== undefined) mkdirSync(folder, { recursive: true });
  });

  afterAll(async () => {
    await browser.close();
  });

  const open = async (
    kind: string,
    width: number,
    colorScheme: 'light' | 'dark',
    change = (html: string) => html,
  ): Promise<Page> => {
    const page = await browser.newPage({
      viewport: { width, height: 800 },
      colorScheme,
      javaScriptEnabled: true,
    });
    await page.setContent(change(shown.get(kind) ?? ''));
    return page;
  };
  const keep = async (page: Page, name: string): Promise<void> => {
    if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
    await page.close();
  };

  describe.each(kinds)('%s', (kind) => {
    it.each([
      [375, 'light'],
      [375, 'dark'],
      [800, 'light'],
      [800, 'dark'],
    ] as const)('can be read at %i px, %s', async (width, colorScheme) => {
      const page = await open(kind, width, colorScheme);
      expect(await page.evaluate(OVERHANG)).toBeLessThanOrEqual(0);
      expect(await page.evaluate(FAINT)).toEqual([]);
      for (const { alt, isFound, isSharp } of await page.evaluate<Seen[]>(PICTURES)) {
        expect(alt).toMatch(/\d/);
        expect({ alt, isFound, isSharp }).toEqual({ alt, isFound: true, isSharp: true });
      }
      await keep(page, `${kind}-${width}-${colorScheme}`);
    });

    it('says the same with pictures off', async () => {
      const page = await open(kind, 375, 'dark', (html) =>
        html.replaceAll(/src="data:[^"]*"/g, 'src="cid:off"'),
      );
      expect(await page.evaluate(OVERHANG)).toBeLessThanOrEqual(0);
      const pictures = await page.evaluate<Seen[]>(PICTURES);
      for (const { alt, isFound } of pictures)
        expect({ isFound, alt }).toEqual({ isFound: false, alt: expect.stringMatching(/\d/) });
      await keep(page, `${kind}-off`);
    });
  });

  it('has pictures where something moved, and leaves no reference open', () => {
    const counts = kinds.map((kind) => [
      kind,
      (shown.get(kind) ?? '').split('src="data:image/png').length - 1,
    ]);
    expect(Object.fromEntries(counts)).toEqual({
      fault: 2,
      covariate: 3,
      concept: 3,
      mixed: 3,
      reminder: 3,
      resolved: 1,
      corrected: 3,
      'retrain-approval': 0,
      'retrain-failed': 0,
      crowded: 3,
    });
    for (const html of shown.values())
      expect(html).not.toMatch(/cid:|https?:(?!\/\/shiftwatch\.example\.org)/);
  });
});

interface Seen {
  readonly alt: string;
  readonly isFound: boolean;
  readonly isSharp: boolean;
}
