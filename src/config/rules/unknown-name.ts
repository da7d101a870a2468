import { nearest } from '../../core/nearest.ts';
import type { Finding, PathPart } from '../problem.ts';

/** A name that stands under no key of its section. */
export function unknownName(
  path: readonly PathPart[],
  section: string,
  name: string,
  known: readonly string[],
): Finding {
  const suggestion = nearest(name, known);
  const list = known.length === 0 ? `\`${section}\` is empty` : `known: ${known.join(', ')}`;
  const message = `nothing under \`${section}\` has this name${suggestion === null ? `; ${list}` : ''}`;
  return { path, message, suggestion };
}
