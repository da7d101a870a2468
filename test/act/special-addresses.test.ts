import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressGuard } from '../../src/act/webhook/address-guard.ts';

/**
 * Every row of IANA's special-purpose registries whose "Globally Reachable" is not True, and what is no unicast at all:
 * the first and the last address of each.
 */
const NOT_GLOBAL: readonly (readonly [block: string, first: string, last: string])[] = [
  ['0.0.0.0/8', '0.0.0.0', '0.255.255.255'],
  ['0.0.0.0/32', '0.0.0.0', '0.0.0.0'],
  ['10.0.0.0/8', '10.0.0.0', '10.255.255.255'],
  ['100.64.0.0/10', '100.64.0.0', '100.127.255.255'],
  ['127.0.0.0/8', '127.0.0.0', '127.255.255.255'],
  ['169.254.0.0/16', '169.254.0.0', '169.254.255.255'],
  ['172.16.0.0/12', '172.16.0.0', '172.31.255.255'],
  ['192.0.0.0/24', '192.0.0.0', '192.0.0.255'],
  ['192.0.0.0/29', '192.0.0.0', '192.0.0.7'],
  ['192.0.0.8/32', '192.0.0.8', '192.0.0.8'],
  ['192.0.0.170/32', '192.0.0.170', '192.0.0.170'],
  ['192.0.0.171/32', '192.0.0.171', '192.0.0.171'],
  ['192.0.2.0/24', '192.0.2.0', '192.0.2.255'],
  ['192.88.99.0/24', '192.88.99.0', '192.88.99.255'],
  ['192.88.99.2/32', '192.88.99.2', '192.88.99.2'],
  ['192.168.0.0/16', '192.168.0.0', '192.168.255.255'],
  ['198.18.0.0/15', '198.18.0.0', '198.19.255.255'],
  ['198.51.100.0/24', '198.51.100.0', '198.51.100.255'],
  ['203.0.113.0/24', '203.0.113.0', '203.0.113.255'],
  ['224.0.0.0/4', '224.0.0.0', '239.255.255.255'],
  ['240.0.0.0/4', '240.0.0.0', '255.255.255.254'],
  ['255.255.255.255/32', '255.255.255.255', '255.255.255.255'],
  ['::1/128', '::1', '::1'],
  ['::/128', '::', '::'],
  ['64:ff9b:1::/48', '64:ff9b:1::', '64:ff9b:1:ffff:ffff:ffff:ffff:ffff'],
  ['100::/64', '100::', '100::ffff:ffff:ffff:ffff'],
  ['100:0:0:1::/64', '100:0:0:1::', '100::1:ffff:ffff:ffff:ffff'],
  ['2001::/23', '2001::', '2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001::/32', '2001::', '2001:0:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:2::/48', '2001:2::', '2001:2:0:ffff:ffff:ffff:ffff:ffff'],
  ['2001:10::/28', '2001:10::', '2001:1f:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:db8::/32', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2002::/16', '2002::', '2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['3fff::/20', '3fff::', '3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['5f00::/16', '5f00::', '5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fc00::/7', 'fc00::', 'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['fe80::/10', 'fe80::', 'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  // Not of the registry: deprecated site-local, multicast, and translated v4 (RFC 2765).
  ['fec0::/10', 'fec0::', 'feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['ff00::/8', 'ff00::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['::ffff:0:0:0/96', '::ffff:0:10.0.0.1', '::ffff:0:8.8.8.8'],
];

/** What begins directly behind such a block and is given out. */
const GLOBAL = [
  '1.0.0.0',
  '11.0.0.0',
  '100.128.0.0',
  '128.0.0.0',
  '169.255.0.0',
  '172.32.0.0',
  '192.0.1.0',
  '192.0.3.0',
  '192.88.100.0',
  '192.31.196.1',
  '192.52.193.1',
  '192.175.48.1',
  '198.20.0.0',
  '198.51.101.0',
  '203.0.114.0',
  '223.255.255.255',
  '2001:200::',
  '2001:db9::',
  '2003::',
  '2606:4700::1111',
  '2620:4f:8000::1',
  '2a00:1450::1',
  '::ffff:8.8.8.8',
  '::ffff:808:808',
];

const guard = createAddressGuard([]);

describe('addresses of special purpose', () => {
  it.each(NOT_GLOBAL)('%s is refused from %s to %s', (_block, first, last) => {
    for (const address of [first, last]) {
      expect(guard.refusalOfAddress(address, address)).toContain('is no public address');
    }
  });

  it.each(GLOBAL)('%s may be called', (address) => {
    expect(guard.refusalOfAddress(address, address)).toBeNull();
  });

  it('are refused in v6 wherever nothing has been given out: outside 2000::/3', () => {
    fc.assert(
      fc.property(fc.ipV6(), (address) => {
        const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
        const first = Number.parseInt(text.split(':')[0] || '0', 16);
        fc.pre((first < 0x2000 || first > 0x3fff) && !/^::ffff:[^:]+:[^:]+$/.test(text));
        expect(guard.refusalOfAddress(text, text)).not.toBeNull();
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });

  it('are the same in v6 clothes', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        const hex = new URL(`http://[::ffff:${address}]/`).hostname.slice(1, -1);
        const verdict = guard.refusalOfAddress('a.example', address) === null;
        expect(guard.refusalOfAddress('a.example', `::ffff:${address}`) === null).toBe(verdict);
        expect(guard.refusalOfAddress('a.example', hex) === null).toBe(verdict);
      }),
      { seed: 7, numRuns: 2_000 },
    );
  });
});
