import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unsubscribedAddress, unsubscribeToken } from '../../src/act/channels/mail/unsubscribe-token.ts';

const secret = Buffer.alloc(32, 7);

describe('links that stop mails', () => {
  it('name the address they were made for', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (address) => {
        expect(unsubscribedAddress(unsubscribeToken(address, secret), secret)).toBe(address.toWellFormed());
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['no signature', 'YUBleGFtcGxlLm9yZw'],
    ['an empty signature', 'YUBleGFtcGxlLm9yZw.'],
    [
      'another one’s signature',
      `YkBleGFtcGxlLm9yZw.${unsubscribeToken('a@example.org', secret).split('.')[1]}`,
    ],
    ['another installation’s link', unsubscribeToken('a@example.org', Buffer.alloc(32, 8))],
    ['more behind it', `${unsubscribeToken('a@example.org', secret)}.x`],
  ])('are not believed with %s', (_, token) => {
    expect(unsubscribedAddress(token, secret)).toBeNull();
  });

  it('go into an address as they are', () => {
    expect(unsubscribeToken('ann+ops@example.org', secret)).toMatch(/^[\w-]+\.[\w-]{43}$/);
  });
});
