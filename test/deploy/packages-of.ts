/** The packages that a source imports, requires or resolves; types of a package count as the package. */
export function packagesOf(text: string): string[] {
  const places = [
    /^(?:import|export)\s(?:[^'";]*?from )?'([^']+)'/gm,
    /\b(?:import|require|resolve)\(\s*'([^']+)'/g,
  ];
  return places
    .flatMap((place) => [...text.matchAll(place)].map(([, specifier = '']) => specifier))
    .filter((specifier) => !/^(?:[./]|node:|virtual:)/.test(specifier))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier);
}
