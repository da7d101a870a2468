import { domainToASCII } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mailAddress } from '../../src/config/schema/values.ts';
import { mailSettings } from '../../src/pipeline/messages/mail-settings.ts';

const hostOf = (from: string): string =>
  mailSettings({ smtp: { url: 'smtp://localhost', from, ca: null }, publicUrl: null, timezone: 'UTC' }).host;

describe('mailSettings', () => {
  it.each([
    ['alerts@example.org', 'example.org'],
    ['Shiftwatch <alerts@Mail.Example.org>', 'mail.example.org'],
    ['Wächter <wache@bücher.example>', 'xn--bcher-kva.example'],
    ['ops@[192.0.2.1]', 'shiftwatch.invalid'],
    ['a@b(c).example', 'shiftwatch.invalid'],
  ])('names the mails of %s after %s', (from, host) => {
    expect(hostOf(from)).toBe(host);
  });

  it('names them after no real host when there is no mail', () => {
    expect(mailSettings({ smtp: null, publicUrl: null, timezone: 'UTC' }).host).toBe('shiftwatch.invalid');
  });

  it('makes a name that a Message-ID may hold of every address the configuration lets through', () => {
    const address = fc
      .tuple(fc.string({ unit: 'grapheme', minLength: 1 }), fc.string({ unit: 'grapheme', minLength: 1 }))
      .map(([local, domain]) => `${local}@${domain}`)
      .filter((text) => mailAddress.safeParse(text).success);
    fc.assert(
      fc.property(fc.oneof(address, fc.emailAddress()), (from) => {
        const host = hostOf(from);
        expect(host).toMatch(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
        expect(domainToASCII(host)).not.toBe('');
      }),
      { seed: 7 },
    );
  });
});
