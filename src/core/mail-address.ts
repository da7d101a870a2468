/** @example bareAddress('Ann <Ann@Example.org>') // 'ann@example.org' */
export function bareAddress(address: string): string {
  return (/<([^<>]+)>\s*$/.exec(address)?.[1] ?? address).trim().toLowerCase();
}
