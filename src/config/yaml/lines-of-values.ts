import { isMap, isScalar, isSeq } from 'yaml';
import type { Document, LineCounter, Node } from 'yaml';
import { type PathPart, pathText } from '../problem.ts';

/** The line of each value that the file writes, by its path; what comes from `model_defaults` stands there. */
export function linesOfValues(document: Document, lines: LineCounter): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  const walk = (node: Node | null, path: readonly PathPart[]): void => {
    if (node?.range) found.set(pathText(path), lines.linePos(node.range[0]).line);
    if (isMap<unknown, Node | null>(node)) {
      for (const { key, value } of node.items) if (isScalar(key)) walk(value, [...path, String(key.value)]);
    } else if (isSeq<Node | null>(node)) node.items.forEach((item, at) => walk(item, [...path, at]));
  };
  walk(document.contents, []);
  return found;
}
