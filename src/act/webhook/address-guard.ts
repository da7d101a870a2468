import { lookup as systemLookup } from 'node:dns';
import { BlockList, isIP, isIPv6, type LookupFunction } from 'node:net';

/**
 * Which addresses a configured URL may lead to. Whoever can name a URL could otherwise make shiftwatch call what only it
 * can reach: a database, a metadata service that hands out credentials.
 */
export interface AddressGuard {
  /** Why a host must not be called; null when it may, or when only its addresses will tell. */
  refusalOfHost(hostname: string): string | null;
  refusalOfAddress(hostname: string, address: string): string | null;
  /** For a connection: resolves all addresses of a name, and fails when any of them is refused. */
  readonly lookup: LookupFunction;
}

/** Not the internet: IANA's special-purpose registry of v4, with its deprecated rows, and multicast. */
const SPECIAL_V4 = listOf([
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]);
/** All that has ever been given out of v6. What is set aside for a new purpose tomorrow lies outside, as a rule. */
const UNICAST_V6 = listOf(['2000::/3']);
/** Parts of it that are not the internet. Of v4 in v6 (Teredo, 6to4) nobody can say where it leads. */
const SPECIAL_V6 = listOf(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/** Failed because of the guard, and not because of the network. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
}

/**
 * @param allowed host names, addresses and ranges (`10.0.3.0/24`) that may be called although they are private
 */
export function createAddressGuard(
  allowed: readonly string[],
  resolve: typeof systemLookup = systemLookup,
): AddressGuard {
  const names = new Set(allowed.filter((entry) => !isRange(entry)).map((name) => name.toLowerCase()));
  const ranges = listOf(allowed.filter(isRange));

  function refusalOfAddress(hostname: string, given: string): string | null {
    if (names.has(bare(hostname))) return null;
    const address = bare(given);
    if (isPublic(address) || holds(ranges, address)) return null;
    const where = bare(hostname) === address ? address : `${hostname} is ${address}, which`;
    return `${where} is no public address; allow it by \`outbound: { allow_private: ["${address}"] }\``;
  }

  const lookup: LookupFunction = (hostname, options, done) => {
    resolve(
      hostname,
      { family: options.family ?? 0, hints: options.hints ?? 0, all: true },
      (error, found) => {
        if (error !== null) return done(error, '', 0);
        // One bad address is enough: the next look-up might put it first.
        for (const { address } of found) {
          const refusal = refusalOfAddress(hostname, address);
          if (refusal !== null) return done(new AddressRefused(refusal), '', 0);
        }
        const first = found[0];
        if (first === undefined) return done(new Error(`${hostname} has no address`), '', 0);
        if (options.all === true) return done(null, found);
        return done(null, first.address, first.family);
      },
    );
  };

  return {
    refusalOfHost: (hostname) =>
      isIP(bare(hostname)) === 0 ? null : refusalOfAddress(hostname, bare(hostname)),
    refusalOfAddress,
    lookup,
  };
}

/** Whether text is an address or a range of them, and not a name. */
function isRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

function listOf(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/');
    const type = isIPv6(address) ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits === undefined ? (type === 'ipv6' ? 128 : 32) : Number(bits), type);
  }
  return list;
}

function isPublic(address: string): boolean {
  if (isIP(address) === 4) return !holds(SPECIAL_V4, address);
  return holds(UNICAST_V6, address) && !holds(SPECIAL_V6, address);
}

function holds(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** Without the brackets of a URL and the zone of a link-local address; a v4 address mapped into v6 as v4. */
function bare(hostname: string): string {
  const text = hostname
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
    .toLowerCase();
  if (!isIPv6(text)) return text;
  const mapped = /^\[::ffff:([0-9a-f]+):([0-9a-f]+)\]$/.exec(new URL(`http://[${text}]`).hostname);
  if (mapped === null) return text;
  const halves = mapped.slice(1).map((half) => Number.parseInt(half, 16));
  return halves.flatMap((half) => [half >> 8, half & 255]).join('.');
}
