import { isMap, isNode, isScalar, isSeq } from 'yaml';
import type { Document, LineCounter } from 'yaml';
import type { PathPart } from '../problem.ts';

/**
 * Where a path stands in the file. A path that does not exist (a missing key) is placed at the nearest mapping
 * around it that does.
 */
export function locate(
  document: Document,
  lines: LineCounter,
  path: readonly PathPart[],
  atKey: boolean,
): { line: number; column: number } {
  for (let depth = path.length; depth >= 0; depth -= 1) {
    const offset = offsetOf(document, path.slice(0, depth), atKey || depth < path.length);
    if (offset !== null) {
      const { line, col } = lines.linePos(offset);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

function offsetOf(document: Document, path: readonly PathPart[], atKey: boolean): number | null {
  const last = path.at(-1);
  if (atKey && typeof last === 'string') {
    const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
    if (!isMap(parent)) return null;
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === last);
    return isNode(pair?.key) ? (pair.key.range?.[0] ?? null) : null;
  }
  const node = path.length === 0 ? document.contents : document.getIn(path, true);
  if (isMap(node) || isSeq(node) || isScalar(node)) return node.range?.[0] ?? null;
  return isNode(node) ? (node.range?.[0] ?? null) : null;
}
