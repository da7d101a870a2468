/** What is dropped or hashed has to be a field of rows, and nothing else may stand on it. */
import { PREDICTION_ID } from '../../core/privacy/private-fields.ts';
import type { Finding, PathPart } from '../problem.ts';
import type { ConfigFile, ModelEntry } from '../schema/root.ts';
import { repeated } from './repeated.ts';

/** Not of a row's data: without them, or with a hash in their place, there is nothing left to watch. */
const OUTCOMES: ReadonlySet<string> = new Set([
  'model',
  'model_version',
  'timestamp',
  'prediction',
  'score',
  'probabilities',
  'label',
]);

export function hashNeedsKey({ models, privacy }: ConfigFile): Finding[] {
  const first = models.findIndex((model) => model.privacy.hash.length > 0);
  if (first === -1 || privacy.key !== undefined) return [];
  const message = 'needs `privacy.key` beside `models`: at least 32 characters that nobody else knows';
  return [{ path: ['models', first, 'privacy', 'hash'], message }];
}

export function privacyFindings(model: ModelEntry, path: readonly PathPart[]): Finding[] {
  const { drop, hash } = model.privacy;
  const of = (key: 'drop' | 'hash') =>
    model.privacy[key].map((value, index) => ({ value, path: [...path, 'privacy', key, index] }));
  return [
    ...repeated(of('drop'), (name, first) => `${name} is already listed at ${first}`),
    ...repeated(of('hash'), (name, first) => `${name} is already listed at ${first}`),
    ...of('hash').flatMap((each) =>
      drop.includes(each.value)
        ? [{ path: each.path, message: `${each.value} is dropped: list it once` }]
        : [],
    ),
    ...[...of('drop'), ...of('hash')].flatMap((each) =>
      OUTCOMES.has(each.value)
        ? [
            {
              path: each.path,
              message: `${each.value} is no field of a row that can do without; list features, segments, or prediction_id`,
            },
          ]
        : [],
    ),
    ...of('drop').flatMap(({ value, path: place }) => {
      const needs = whatNeeds(value, model);
      return needs === null ? [] : [{ path: place, message: needs }];
    }),
    ...settingsStand(model, [...path, 'features'], new Set(drop), new Set(hash)),
  ];
}

function whatNeeds(name: string, { segments, groups }: ModelEntry): string | null {
  if (name === PREDICTION_ID) return 'labels find their prediction by prediction_id: hash it instead';
  if (segments.includes(name)) return `segments needs ${name}: hash it, or take it out of segments`;
  if (groups.includes(name)) return `groups needs ${name}: hash it, or take it out of groups`;
  return null;
}

/** What is said of a column that is dropped changes nothing, and one that is hashed is a list of levels. */
function settingsStand(
  { features }: ModelEntry,
  path: readonly PathPart[],
  dropped: ReadonlySet<string>,
  hashed: ReadonlySet<string>,
): Finding[] {
  return Object.entries(features).flatMap(([name, { kind, direction }]): Finding[] => {
    if (dropped.has(name)) {
      return [{ path: [...path, name], message: 'changes nothing: `privacy` drops it', atKey: true }];
    }
    if (!hashed.has(name)) return [];
    if (kind === 'numeric' || kind === 'boolean' || kind === 'calendar') {
      return [
        { path: [...path, name, 'kind'], message: '`privacy` hashes it: what is hashed is categorical' },
      ];
    }
    return direction !== undefined && direction !== 'both'
      ? [{ path: [...path, name, 'direction'], message: '`privacy` hashes it: hashes have no order' }]
      : [];
  });
}
