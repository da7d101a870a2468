import { isMap, isScalar, isSeq } from 'yaml';
import type { Document, LineCounter, Node } from 'yaml';
import { type PathPart, pathText } from '../problem.ts';

/** Where a value is written; `file` null: in the configuration file itself. */
export interface WrittenAt {
  readonly line: number;
  readonly file: string | null;
}

/** Another file that nodes of a document were read from. */
export interface NodeOrigin {
  readonly file: string;
  readonly lines: LineCounter;
}

/** Where each value that was written stands, by its path; what comes from `model_defaults` stands there. */
export function linesOfValues(
  document: Document,
  lines: LineCounter,
  origins: ReadonlyMap<Node, NodeOrigin> = new Map(),
): ReadonlyMap<string, WrittenAt> {
  const found = new Map<string, WrittenAt>();
  const walk = (node: Node | null, path: readonly PathPart[]): void => {
    if (node?.range) {
      const origin = origins.get(node);
      const { line } = (origin?.lines ?? lines).linePos(node.range[0]);
      found.set(pathText(path), { line, file: origin?.file ?? null });
    }
    if (isMap<unknown, Node | null>(node)) {
      for (const { key, value } of node.items) if (isScalar(key)) walk(value, [...path, String(key.value)]);
    } else if (isSeq<Node | null>(node)) node.items.forEach((item, at) => walk(item, [...path, at]));
  };
  walk(document.contents, []);
  return found;
}
