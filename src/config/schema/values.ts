/** Kinds of value that several sections share. Format checks live here; what ties keys together is in rules. */
import { z } from 'zod';
import { MAX_EVENT_NAME } from '../../core/event-name.ts';
import { address, open } from './shown.ts';
import { DURATION_FORMAT, DURATION_PATTERN, durationMs, durationText } from '../duration.ts';

/** A number without quotes is refused too: 10 of what? */
export function duration(bounds: { minMs: number; maxMs?: number }) {
  const { minMs, maxMs } = bounds;
  return open(
    z
      .string({ error: (issue) => (issue.input === undefined ? undefined : `expected ${DURATION_FORMAT}`) })
      .regex(DURATION_PATTERN, { error: `expected ${DURATION_FORMAT}`, abort: true })
      .refine((text) => durationMs(text) >= minMs, { error: `must be at least ${durationText(minMs)}` })
      .refine((text) => maxMs === undefined || durationMs(text) <= maxMs, {
        error: `must be at most ${durationText(maxMs ?? 0)}`,
      })
      .meta({ title: spanOf(minMs, maxMs) }),
  );
}

/** No pattern can say it. */
function spanOf(minMs: number, maxMs: number | undefined): string {
  const least = `at least ${durationText(minMs)}`;
  return maxMs === undefined ? least : `${least}, at most ${durationText(maxMs)}`;
}

/** Keys people refer to elsewhere in the file, in job names and in metrics. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;
export const referenceName = open(
  z.string().regex(NAME, {
    error:
      'a name is 1 to 100 letters, digits, dots, dashes or underscores, and begins with a letter or digit',
  }),
);

/** Names that come from the data: anything that can be printed on one line. */
const PRINTABLE = /^(?!\s)[^\p{Cc}\p{Zl}\p{Zp}]+(?<!\s)$/u;
export const dataName = open(
  // No pattern of the schema: Go, Python and Java read it, too.
  z
    .string()
    .min(1)
    .max(MAX_EVENT_NAME)
    .refine((text) => PRINTABLE.test(text), { error: 'must be printable text without spaces at its ends' }),
);

/** Of a model, a version or a feature: spelled as in events, whichever way the file spells it. */
export const eventName = dataName.normalize('NFC');

/** Masked, as whatever the schema does not open. */
export const nonEmpty = z.string().min(1);
/** Text that is no secret, such as the name of a thing elsewhere. */
export const openText = open(nonEmpty);

/** Its path is masked unless `harmlessPath` says otherwise; chat services put their token there. */
export function url(
  schemes: readonly [string, ...string[]],
  example: string,
  harmlessPath: (owner: unknown) => RegExp | null = () => null,
) {
  const text = z
    .string()
    .refine((text) => hasScheme(text, schemes), {
      // The value may hold a password: never repeat it.
      error: `expected a URL that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}, such as ${example}`,
      abort: true,
    })
    .refine(hasReadableLogin, {
      error: 'the user or the password holds a % that begins no escape of UTF-8: write % as %25',
    });
  return address(text, harmlessPath);
}

function hasScheme(text: string, schemes: readonly string[]): boolean {
  return URL.canParse(text) && schemes.includes(new URL(text).protocol) && new URL(text).host !== '';
}

/** Clients decode what stands before the @, and some die of what cannot be. */
function hasReadableLogin(text: string): boolean {
  const { username, password } = new URL(text);
  try {
    decodeURIComponent(username);
    decodeURIComponent(password);
    return true;
  } catch {
    return false;
  }
}

/** For addresses that are handed on to people. */
export function hasNoLogin(text: string): boolean {
  const { username, password } = new URL(text);
  return username === '' && password === '';
}

const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+$/;
const NAMED_ADDRESS = /^[^<>@]*<([^<>]+)>$/;

function isAddress(text: string): boolean {
  return ADDRESS.test(NAMED_ADDRESS.exec(text)?.[1] ?? text);
}

export const mailAddress = open(
  z
    .string()
    .refine(isAddress, { error: 'expected a mail address: name@example.org or Name <name@example.org>' }),
);
