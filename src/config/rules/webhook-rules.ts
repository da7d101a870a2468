import { RETRAIN_VARIABLES } from '../../core/jobs.ts';
import { nearest } from '../../core/nearest.ts';
import type { Finding, PathPart } from '../problem.ts';
import { POLLED_PRESETS, PRESET_PARAMS } from '../schema/channels.ts';
import type { ConfigFile } from '../schema/root.ts';

const CLOUD_KEYS = [
  ['aws', 'sagemaker'],
  ['google', 'vertex'],
] as const;

/** What a preset must be told of its target, and what means nothing to it. */
export function webhookFindings({ webhooks }: ConfigFile): Finding[] {
  return Object.entries(webhooks).flatMap(([name, { preset, params, template, poll, ...clouds }]) => {
    const { must, may }: { readonly must: readonly string[]; readonly may: readonly string[] } =
      PRESET_PARAMS[preset];
    const path = ['webhooks', name, 'params'];
    const takes = [...must, ...may];
    return [
      ...must
        .filter((param) => params[param] === undefined)
        .map((param) => ({ path: [...path, param], message: `is required with preset ${preset}` })),
      ...Object.keys(params)
        .filter((param) => !takes.includes(param))
        .map((param) => ({
          path: [...path, param],
          message: `has no meaning with preset ${preset}; it takes ${takes.length === 0 ? 'no parameters' : takes.join(', ')}`,
          atKey: true,
        })),
      ...(preset === 'databricks' && !/^\d*$/.test(params['job_id'] ?? '')
        ? [{ path: [...path, 'job_id'], message: 'expected the number of a job' }]
        : []),
      ...(preset === 'template' && template === undefined
        ? [{ path: ['webhooks', name, 'template'], message: 'is required with preset template' }]
        : []),
      ...(preset !== 'template' && template !== undefined
        ? [
            {
              path: ['webhooks', name, 'template'],
              message: `has no meaning with preset ${preset}`,
              atKey: true,
            },
          ]
        : []),
      ...CLOUD_KEYS.filter(([key, only]) => clouds[key] !== undefined && preset !== only).map(
        ([key, only]) => ({
          path: ['webhooks', name, key],
          message: `has no meaning with preset ${preset}; it is for ${only}`,
          atKey: true,
        }),
      ),
      ...unknownVariables(template?.body, ['webhooks', name, 'template', 'body']),
      ...pollFindings(poll, preset, ['webhooks', name, 'poll']),
    ];
  });
}

/** A target of its own says where its state stands; what a preset knows is not said twice. */
function pollFindings(
  poll: ConfigFile['webhooks'][string]['poll'],
  preset: string,
  path: readonly PathPart[],
): Finding[] {
  if (poll === undefined) return [];
  const own = ['url', 'status_path', 'states'] as const;
  const isOwn = poll.url !== undefined;
  if (isOwn || !POLLED_PRESETS.includes(preset)) {
    const why = isOwn
      ? 'with a url of its own'
      : `with preset ${preset}, whose runs it does not know to find`;
    return [
      ...own
        .filter((key) => poll[key] === undefined)
        .map((key) => ({ path: [...path, key], message: `is required ${why}` })),
      ...placeFindings(poll.url ?? '', [...path, 'url']),
    ];
  }
  return (['status_path', 'states', 'new_version_path', 'detail_path'] as const)
    .filter((key) => poll[key] !== undefined)
    .map((key) => ({
      path: [...path, key],
      message: `has no meaning without poll.url: preset ${preset} knows where its state stands`,
      atKey: true,
    }));
}

const PLACES: readonly string[] = ['run_id', 'run_name', 'external_id'];

/** What the pipeline calls its run may choose a page, and never the host that is sent the headers. */
function placeFindings(url: string, path: readonly PathPart[]): Finding[] {
  if (/^[a-z]+:\/\/[^/?#]*[{}]/i.test(url)) {
    return [{ path, message: 'names of a run have their place behind the host, in the path or the query' }];
  }
  const unknown = [...url.matchAll(/\{([^{}]*)\}/g)].map(([, name]) => name ?? '');
  return unknown
    .filter((name) => !PLACES.includes(name))
    .map((name) => ({
      path,
      message: `no such name {${name}}; there are ${PLACES.map((place) => `{${place}}`).join(', ')}`,
      suggestion: nearest(name, PLACES),
    }));
}

const VARIABLES: readonly string[] = [...RETRAIN_VARIABLES, 'data', 'delivery_id'];

/** `{"$var": "…"}` and `{"$text": "…"}` that name nothing a request has. */
function unknownVariables(part: unknown, path: readonly PathPart[]): Finding[] {
  if (typeof part !== 'object' || part === null) return [];
  const entries: readonly (readonly [PathPart, unknown])[] = Array.isArray(part)
    ? part.map((item, index) => [index, item] as const)
    : Object.entries(part);
  return entries.flatMap(([key, item]) => {
    const isName = entries.length === 1 && (key === '$var' || key === '$text') && typeof item === 'string';
    if (!isName) return unknownVariables(item, [...path, key]);
    if (VARIABLES.includes(item)) return [];
    const suggestion = nearest(item, VARIABLES);
    const message = `no such variable; there are ${VARIABLES.join(', ')}`;
    return [{ path: [...path, key], message, suggestion }];
  });
}
