const ANY_SITE = 'http://site.invalid';
const LONGEST = 2_000;

/**
 * Where a browser goes after it has signed in: a path of this site, whatever it was told. Read as browsers read it, who take `/\other`,
 * `//other` and `/.//other` for another site's address.
 *
 * @example returnPath('/incidents/7?tz=local') // '/incidents/7?tz=local'
 * @example returnPath('//other.example') // '/'
 */
export function returnPath(text: string | undefined): string {
  if (text === undefined || text.length > LONGEST || !text.startsWith('/')) return '/';
  if (!URL.canParse(text, ANY_SITE)) return '/';
  const { origin, pathname, search, hash } = new URL(text, ANY_SITE);
  if (origin !== ANY_SITE || pathname.startsWith('//')) return '/';
  // Back to the sign-in would be a circle.
  return /^\/(?:login|session)(?:\/|$)/.test(pathname) ? '/' : `${pathname}${search}${hash}`;
}
