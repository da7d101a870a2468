import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Names one address and proves that the link to stop its mails is ours. It has no end: a mail may be years old when
 * somebody wants no more of them.
 *
 * @param address as `bareAddress` gives it
 */
export function unsubscribeToken(address: string, secret: Uint8Array): string {
  const name = Buffer.from(address).toString('base64url');
  return `${name}.${signature(name, secret).toString('base64url')}`;
}

/** The address it names; null: not one of ours. */
export function unsubscribedAddress(token: string, secret: Uint8Array): string | null {
  const [name = '', signed = '', ...more] = token.split('.');
  const presented = Buffer.from(signed, 'base64url');
  const expected = signature(name, secret);
  const isOurs =
    more.length === 0 && presented.length === expected.length && timingSafeEqual(presented, expected);
  return isOurs ? Buffer.from(name, 'base64url').toString() : null;
}

function signature(name: string, secret: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(`unsubscribe:${name}`).digest();
}
