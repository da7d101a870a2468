import type { Address } from './use-address.ts';

/** A parameter, and null with a sentence about it where it says nothing here: the default stands instead. */
export function knownParameter(
  address: Address,
  name: string,
  isKnown: (text: string) => boolean,
  { instead, problems }: { readonly instead: string; readonly problems: string[] },
): string | null {
  const text = address.get(name);
  if (text === null || isKnown(text)) return text;
  problems.push(`The address has “${name}=${text.slice(0, 80)}”, which says nothing here: ${instead}.`);
  return null;
}
