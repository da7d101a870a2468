import { isAlias, isMap, isScalar, isSeq, visit } from 'yaml';
import type { Alias, Document, ErrorCode, Node } from 'yaml';
import { aliasTargets, isMergeKey, mergeSources } from './write-out.ts';

/** Where in the text, from 0, and in words that repeat nothing of it. */
export interface YamlMistake {
  readonly offset: number;
  readonly message: string;
}

const QUOTE = 'quote the value ("…" or \'…\') when it begins with a sign or holds one that YAML reads';
/**
 * How many nodes aliases and merges may stand for together: a thousand models of a hundred each, and no small file that
 * grows without end. The library's own bound counts uses of one anchor, which a fleet has many of, and no merges.
 */
const MOST_NODES = 100_000;

/**
 * The parser's own messages repeat what was written, which may be a password without quotes: `*`, `!` and `|`
 * at its beginning mean something to YAML. So only its codes are used.
 */
const SENTENCES: Readonly<Record<ErrorCode, string>> = {
  ALIAS_PROPS: `an alias ("*") cannot have an anchor or a tag; ${QUOTE}`,
  BAD_ALIAS: `this is no anchor or alias that YAML can read; ${QUOTE}`,
  BAD_COLLECTION_TYPE: `this tag ("!") does not fit what follows it; ${QUOTE}`,
  BAD_DIRECTIVE: 'a line that begins with "%" is a YAML directive, and this is none; remove or quote it',
  BAD_DQ_ESCAPE: 'this backslash begins no escape; write \\\\ for a backslash, or use single quotes',
  BAD_INDENT: `the indentation does not fit; align it with its neighbours, or ${QUOTE}`,
  BAD_PROP_ORDER: `an anchor ("&") or a tag ("!") stands in the wrong place; ${QUOTE}`,
  BAD_SCALAR_START: `a value cannot begin with this sign; ${QUOTE}`,
  BLOCK_AS_IMPLICIT_KEY: `a mapping cannot begin on the line of another key; ${QUOTE}`,
  BLOCK_IN_FLOW: `a block cannot stand inside [ ] or { }; ${QUOTE}`,
  DUPLICATE_KEY: 'this key is given twice; remove one',
  IMPOSSIBLE: `this cannot be read as YAML; ${QUOTE}`,
  KEY_OVER_1024_CHARS: `a key has at most 1024 characters; ${QUOTE}`,
  MISSING_CHAR: `a sign is missing here, such as a closing quote or bracket, a comma, a colon or a space; ${QUOTE}`,
  MULTILINE_IMPLICIT_KEY: `a key must stand on one line; ${QUOTE}`,
  MULTIPLE_ANCHORS: `a value can have one anchor ("&"); ${QUOTE}`,
  MULTIPLE_DOCS: 'the file holds more than one YAML document; remove the "---" between them',
  MULTIPLE_TAGS: `a value can have one tag ("!"); ${QUOTE}`,
  NON_STRING_KEY: `a key must be text, no list or mapping; ${QUOTE}`,
  RESOURCE_EXHAUSTION: 'this is nested too deeply',
  TAB_AS_INDENT: 'tabs cannot indent YAML; use spaces',
  TAG_RESOLVE_FAILED: `tags ("!") are not understood here; ${QUOTE}`,
  UNEXPECTED_TOKEN: `this cannot stand here; ${QUOTE}`,
};

/**
 * Errors and warnings of the parser, then keys that are none, merges of what is no mapping, and aliases that stand for
 * nothing, for themselves or for too much.
 */
export function yamlMistakes(document: Document.Parsed): YamlMistake[] {
  const mistakes = [...document.errors, ...document.warnings].map(({ code, pos: [offset] }) => {
    return { offset, message: SENTENCES[code] };
  });
  if (mistakes.length > 0) return mistakes;
  const targets = aliasTargets(document);
  visit(document, {
    // What follows a comma in `{password: a,b}` would be named as an unknown key.
    Pair: (_key, { key, value }) => {
      if (!isScalar(key)) return;
      const message = pairMistake(key, value, targets);
      if (message !== null) mistakes.push({ offset: key.range?.[0] ?? 0, message });
    },
    Alias: (_key, alias) => {
      const message = aliasMistake(alias, targets.get(alias));
      if (message !== null) mistakes.push({ offset: alias.range?.[0] ?? 0, message });
    },
  });
  return mistakes.length > 0 ? mistakes : tooManyNodes(document, targets);
}

function pairMistake(key: Node, value: unknown, targets: ReadonlyMap<Alias, Node>): string | null {
  if (value === null) return `a key without a colon and a value; ${QUOTE}`;
  if (!isMergeKey(key) || mergeSources(value, targets) !== null) return null;
  // An alias without its anchor is told by itself.
  if (isAlias(value) && !targets.has(value)) return null;
  return 'a merge ("<<") takes a mapping or a list of mappings, such as *anchor or [*one, *another]';
}

function aliasMistake(alias: Alias, target: Node | undefined): string | null {
  if (target === undefined) return `this alias ("*") has no anchor ("&") before it; ${QUOTE}`;
  const [at, range] = [alias.range?.[0] ?? 0, target.range];
  const isInside = range !== null && range !== undefined && range[0] <= at && at < range[2];
  return isInside ? `this alias ("*") stands inside what it stands for; ${QUOTE}` : null;
}

/** What aliases stand for is counted, not written out: an anchor is measured once, before the aliases after it. */
function tooManyNodes(document: Document, targets: ReadonlyMap<Alias, Node>): YamlMistake[] {
  const sizes = new Map<unknown, number>();
  let total = 0;
  let first: Alias | null = null;
  const sizeOf = (node: unknown): number => {
    if (isAlias(node)) {
      const size = sizes.get(targets.get(node)) ?? 1;
      first ??= node;
      total += size;
      return size;
    }
    let size = 1;
    if (isMap(node)) for (const { value } of node.items) size += 1 + sizeOf(value);
    else if (isSeq(node)) for (const item of node.items) size += sizeOf(item);
    sizes.set(node, size);
    return size;
  };
  sizeOf(document.contents);
  const offset = (first as Alias | null)?.range?.[0] ?? 0;
  const message = 'the aliases ("*") of this file stand for too much; write it out';
  return total > MOST_NODES ? [{ offset, message }] : [];
}
