import { nameInPath } from '../../core/ids/path-name.ts';

/**
 * What the named parts of a screen's address stand for.
 *
 * @example namesIn('/models/:model', '/models/a%2Fb') // { model: 'a/b' }
 */
export function namesIn(screen: string, path: string): Readonly<Record<string, string>> {
  const parts = path.split('/');
  return Object.fromEntries(
    screen
      .split('/')
      .flatMap((part, at): [string, string][] =>
        part.startsWith(':') ? [[part.slice(1), decoded(parts[at] ?? '')]] : [],
      ),
  );
}

function decoded(part: string): string {
  try {
    return nameInPath(decodeURIComponent(part));
  } catch {
    // Written by hand: it is taken as it stands.
    return part;
  }
}
