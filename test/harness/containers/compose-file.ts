import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const ROOT = join(import.meta.dirname, '..', '..', '..');

/** The image that docker-compose.yml has for a service: what is shipped is what is tested. */
export function imageOf(service: string): string {
  const file = parse(readFileSync(join(ROOT, 'docker-compose.yml'), 'utf8')) as {
    services: Readonly<Record<string, { readonly image: string } | undefined>>;
  };
  const image = file.services[service]?.image;
  if (image === undefined) throw new Error(`docker-compose.yml has no image for ${service}`);
  return image;
}
