import type { FastifyRequest } from 'fastify';
import { nameInPath } from '../core/ids/path-name.ts';

/** Parameters of addresses that are names from logs and configurations, in which anything may stand. */
const NAMES: ReadonlySet<string> = new Set(['model', 'version', 'feature']);

/** Before they are checked: names that browsers would take for steps are written otherwise in addresses. */
export async function readNamesInPath(request: FastifyRequest): Promise<void> {
  const params = request.params as Record<string, string> | null;
  for (const [key, part] of Object.entries(params ?? {})) if (NAMES.has(key)) params![key] = nameInPath(part);
}
