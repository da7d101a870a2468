import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { AddressRefused, createAddressGuard } from '../../src/act/webhook/address-guard.ts';
import { post } from '../../src/act/webhook/post.ts';
import { hideNothing } from '../../src/core/hide-texts.ts';
import { postWebhook } from '../../src/act/webhook/post-webhook.ts';
import { startHttp } from '../harness/http.ts';

const REFUSED = [
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '127.0.0.1',
  '127.255.255.254',
  '169.254.169.254',
  '172.16.0.1',
  '172.31.255.255',
  '192.0.0.8',
  '192.168.1.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::',
  '::1',
  '::ffff:127.0.0.1',
  '::ffff:169.254.169.254',
  '::127.0.0.1',
  '64:ff9b::a9fe:a9fe',
  '64:ff9b:1::1',
  '2001::1',
  '2002:7f00:1::',
  'fc00::1',
  'fd00:ec2::254',
  'fe80::1%eth0',
  'ff02::1',
];
const PUBLIC = ['1.1.1.1', '8.8.8.8', '172.32.0.1', '192.169.0.1', '2606:4700::1111', '::ffff:8.8.8.8'];

const resolving = (...addresses: string[]) =>
  ((_name: string, _options: object, done: (error: null, found: LookupAddress[]) => void) => {
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  }) as never;

const looked = (guard: ReturnType<typeof createAddressGuard>, name: string): Promise<unknown> =>
  new Promise((resolve) => {
    guard.lookup(name, { all: true }, (error, found) => resolve(error ?? found));
  });

describe('addresses', () => {
  const guard = createAddressGuard([]);
  it.each(REFUSED)('%s is refused', (address) => {
    expect(guard.refusalOfAddress(address, address)).toContain('is no public address');
    const literal = address.includes(':') ? `[${address.replace(/%.*/, '')}]` : address;
    expect(guard.refusalOfHost(literal)).toContain('outbound: { allow_private');
  });

  it.each(PUBLIC)('%s may be called', (address) => {
    expect(guard.refusalOfAddress(address, address)).toBeNull();
  });

  it.each(['http://0x7f000001/', 'http://2130706433/', 'http://127.1/', 'http://0177.0.0.1/'])(
    '%s is 127.0.0.1 in other letters',
    (url) => {
      expect(guard.refusalOfHost(new URL(url).hostname)).toContain('127.0.0.1 is no public address');
    },
  );

  it('are allowed by range, by address, and by the name that was called', () => {
    const allowing = createAddressGuard(['10.0.3.0/24', '::1', 'airflow.internal']);
    expect(allowing.refusalOfAddress('x', '10.0.3.7')).toBeNull();
    expect(allowing.refusalOfAddress('x', '::ffff:10.0.3.7')).toBeNull();
    expect(allowing.refusalOfAddress('x', '10.0.4.7')).not.toBeNull();
    expect(allowing.refusalOfHost('[::1]')).toBeNull();
    expect(allowing.refusalOfAddress('Airflow.internal', '192.168.0.1')).toBeNull();
    expect(allowing.refusalOfAddress('evil.example', '192.168.0.1')).not.toBeNull();
  });
});

describe('names', () => {
  it('lead where they resolve to, all of it', async () => {
    expect(await looked(createAddressGuard([], resolving('8.8.8.8')), 'ok.example')).toEqual([
      { address: '8.8.8.8', family: 4 },
    ]);
    const mixed = await looked(createAddressGuard([], resolving('8.8.8.8', '10.0.0.1')), 'mixed.example');
    expect(mixed).toBeInstanceOf(AddressRefused);
    expect(String(mixed)).toContain('mixed.example is 10.0.0.1');
  });
});

describe('a post', () => {
  const options = { nowMs: 0, signal: new AbortController().signal, hide: hideNothing };
  const call = (url: string) => ({ url, headers: {}, body: '{}', alsoSuccess: [] });

  it('to a private address is never sent, and says how to allow it', async () => {
    const server = await startHttp();
    const guard = createAddressGuard([]);
    expect(await postWebhook(call(`${server.url}/x`), { ...options, guard })).toMatchObject({
      outcome: 'address_refused',
      next: 'never',
      detail: expect.stringContaining('allow_private: ["127.0.0.1"]') as string,
    });
    // A name that resolves to it.
    const named = `http://rebound.example:${new URL(server.url).port}/x`;
    const rebinding = createAddressGuard([], resolving('127.0.0.1'));
    expect(await postWebhook(call(named), { ...options, guard: rebinding })).toMatchObject({
      outcome: 'address_refused',
    });
    expect(server.requests).toEqual([]);
    const allowing = createAddressGuard(['rebound.example'], resolving('127.0.0.1'));
    expect(await postWebhook(call(named), { ...options, guard: allowing })).toMatchObject({
      outcome: 'sent',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('is looked at again once it is connected, should a look-up have lied', async () => {
    const server = await startHttp();
    const guard = {
      ...createAddressGuard([]),
      lookup: createAddressGuard(['127.0.0.0/8'], resolving('127.0.0.1')).lookup,
    };
    const url = new URL(`http://rebound.example:${new URL(server.url).port}/x`);
    await expect(post(url, {}, '{}', guard, options.signal)).rejects.toThrow(AddressRefused);
    expect(server.requests).toEqual([]);
  });

  it('does not follow a redirect to where it must not go', async () => {
    const server = await startHttp({ status: 302, headers: { location: 'http://169.254.169.254/' } });
    const guard = createAddressGuard(['127.0.0.1']);
    expect(await postWebhook(call(server.url), { ...options, guard })).toMatchObject({ outcome: 'redirect' });
  });
});
