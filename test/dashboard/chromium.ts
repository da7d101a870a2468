import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A browser of this machine; null where there is none, which with CI set is a failure. */
export function chromiumPath(): string | null {
  const given = process.env['TEST_CHROMIUM'];
  const path =
    [...(given === undefined ? [] : [given]), ...PLACES].find((place) => existsSync(place)) ?? null;
  if (path === null && process.env['CI'] !== undefined) {
    throw new Error('There is no Chromium here: install it, or name one with TEST_CHROMIUM.');
  }
  return path;
}

export function openChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--headless',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
