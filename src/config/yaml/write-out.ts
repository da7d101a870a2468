/**
 * Aliases and merge keys (`<<`) are written out in the document itself, once: whatever reads it afterwards meets plain
 * mappings. Nodes are shared, not copied, so each still knows where it was written: a mistake in it is told at the anchor.
 */
import { isAlias, isMap, isScalar, isSeq, Pair, visit } from 'yaml';
import type { Alias, Document, Node, YAMLMap } from 'yaml';

/** What each alias stands for: the last anchor of its name before it. One pass, whatever their number. */
export function aliasTargets(document: Document): Map<Alias, Node> {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  visit(document, {
    Alias: (_key, alias) => {
      const target = anchors.get(alias.source);
      if (target !== undefined) targets.set(alias, target);
    },
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
  });
  return targets;
}

/** An unquoted `<<`; in quotes it is a key like any other. */
export function isMergeKey(key: unknown): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}

/** The mappings that a merge key brings in, the strongest first; null: it stands for something else. */
export function mergeSources(value: unknown, targets: ReadonlyMap<Alias, Node>): YAMLMap[] | null {
  const node = isAlias(value) ? targets.get(value) : value;
  const given: unknown[] = isSeq(node) ? node.items : [node];
  const sources = given.map((each) => (isAlias(each) ? targets.get(each) : each));
  return sources.every((each): each is YAMLMap => isMap(each)) ? sources : null;
}

/** Expects a document without `yamlMistakes`. */
export function writeOut(document: Document): void {
  const targets = aliasTargets(document);
  const done = new Set<Node>();
  const written = (given: unknown): unknown => {
    const node = isAlias(given) ? targets.get(given) : given;
    if ((!isMap(node) && !isSeq(node)) || done.has(node)) return node;
    done.add(node);
    if (isSeq(node)) node.items = node.items.map(written);
    else {
      for (const pair of node.items) pair.value = written(pair.value);
      mergeInto(node);
    }
    return node;
  };
  document.contents = written(document.contents) as Node | null;
}

/** Its own keys stand; of those merged, the first that has a key gives it. */
function mergeInto(map: YAMLMap): void {
  const merge = map.items.find(({ key }) => isMergeKey(key));
  if (merge === undefined) return;
  map.items = map.items.filter((pair) => pair !== merge);
  const names = new Set(map.items.map(nameOf));
  for (const { items } of mergeSources(merge.value, new Map()) ?? []) {
    for (const pair of items) {
      if (names.has(nameOf(pair))) continue;
      names.add(nameOf(pair));
      map.items.push(new Pair(pair.key, pair.value));
    }
  }
}

function nameOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}
