/** The bill of materials, as CycloneDX 1.5: the packages that are bundled, and those that are installed beside the bundle. */
import manifest from '../../package.json' with { type: 'json' };

export interface LockEntry {
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly optional?: boolean;
}

interface Component {
  readonly type: 'library' | 'platform';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly scope?: 'required' | 'optional';
  readonly licenses?: readonly object[];
  readonly hashes?: readonly object[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

export interface Bill {
  readonly bomFormat: 'CycloneDX';
  readonly specVersion: '1.5';
  readonly version: 1;
  readonly metadata: { readonly component: object };
  readonly components: readonly Component[];
}

/** Where a component is: `dist`, or a folder that npm makes. */
const PLACE = 'shiftwatch:place';
const BUNDLED = 'dist';

const nameOf = (place: string): string =>
  place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
const purlOf = (name: string, version: string): string =>
  `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;

/**
 * Of what the lock names for those who install the package, and of what the bundle holds. Made of the same, it is the same.
 *
 * @param bundled places in the lock
 * @throws where the lock knows nothing of what is bundled
 */
export function billOf(packages: Readonly<Record<string, LockEntry>>, bundled: readonly string[]): Bill {
  const places = new Map<string, string[]>();
  const put = (place: string, value: string): void => {
    const version = packages[place]?.version;
    if (version === undefined) throw new Error(`package-lock.json does not know ${place}`);
    const purl = purlOf(nameOf(place), version);
    places.set(purl, [...(places.get(purl) ?? []), value]);
    entries.set(purl, [place, packages[place]!]);
  };
  const entries = new Map<string, [string, LockEntry]>();
  for (const [place, { dev, link }] of Object.entries(packages))
    if (place !== '' && dev !== true && link !== true) put(place, place);
  for (const place of bundled) put(place, BUNDLED);
  const components = [...entries]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([purl, [place, entry]]) => componentOf(purl, place, entry, [...new Set(places.get(purl))].sort()));
  const { name, version, license } = manifest;
  const own = purlOf(name, version);
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': own,
        name,
        version,
        purl: own,
        licenses: [{ license: { id: license } }],
      },
    },
    components,
  };
}

function componentOf(purl: string, place: string, entry: LockEntry, places: readonly string[]): Component {
  const { version = '', license, integrity, optional } = entry;
  const [, sha512] = /^sha512-(\S+)/.exec(integrity ?? '') ?? [];
  return {
    type: 'library',
    'bom-ref': purl,
    name: nameOf(place),
    version,
    purl,
    scope: optional === true && !places.includes(BUNDLED) ? 'optional' : 'required',
    ...(license === undefined ? {} : { licenses: [{ expression: license.replace(/^\((.*)\)$/, '$1') }] }),
    ...(sha512 === undefined
      ? {}
      : { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] }),
    properties: places.map((value) => ({ name: PLACE, value })),
  };
}

/** The same of one installation: what is bundled or there, and the Node that runs it. */
export function billOfInstallation(bill: Bill, isThere: (place: string) => boolean, node: string): Bill {
  const components = bill.components.flatMap((each) => {
    const properties = each.properties?.filter(({ value }) => value === BUNDLED || isThere(value)) ?? [];
    return properties.length === 0 ? [] : [{ ...each, properties }];
  });
  const purl = `pkg:generic/node@${node}`;
  return {
    ...bill,
    components: [...components, { type: 'platform', 'bom-ref': purl, name: 'node', version: node, purl }],
  };
}
