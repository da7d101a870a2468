/**
 * `model_defaults`: what every model has that does not say otherwise. It is merged into the document before the schema fills in
 * its own defaults, after which nobody could tell what was written. Nodes are shared, so a mistake in it has one place.
 */
import { isMap, isScalar, isSeq, Pair, YAMLMap } from 'yaml';
import type { Document } from 'yaml';
import type { Finding } from './problem.ts';
import { pathText } from './problem.ts';
import { issueMessage, schemaFindings } from './schema-findings.ts';
import { modelDefaultsSchema, writtenFileSchema } from './schema/root.ts';

const KEY = 'model_defaults';

/** Expects a document that is written out. Mappings are merged key by key; of all else, lists too, a model's own stands. */
export function mergeModelDefaults(document: Document): void {
  const defaults = document.getIn([KEY], true);
  const models = document.getIn(['models'], true);
  if (!isMap(defaults) || !isSeq(models)) return;
  const shared = new YAMLMap(document.schema);
  // A name that all models had would be told as a name given twice.
  shared.items = defaults.items.filter((pair) => nameOf(pair) !== 'name');
  // One model may stand at several places, behind an alias.
  const merged = new Map<unknown, unknown>();
  models.items = models.items.map((model) => {
    if (!merged.has(model)) merged.set(model, under(model, shared));
    return merged.get(model);
  });
}

function under(own: unknown, defaults: unknown): unknown {
  if (!isMap(own) || !isMap(defaults)) return own;
  const missing = new Map(defaults.items.map((pair) => [nameOf(pair), pair]));
  const merged = new YAMLMap(own.schema);
  merged.range = own.range ?? null;
  merged.items = own.items.map((pair) => {
    const fallback = missing.get(nameOf(pair));
    missing.delete(nameOf(pair));
    return new Pair(pair.key, under(pair.value, fallback?.value));
  });
  merged.items.push(...[...missing.values()].map(({ key, value }) => new Pair(key, value)));
  return merged;
}

function nameOf({ key }: Pair): string {
  return String(isScalar(key) ? key.value : key);
}

/** Mistakes in the defaults by themselves, also where no model takes them. What they leave out, models may give. */
export function defaultsFindings(
  given: unknown,
  isReference: Parameters<typeof schemaFindings>[2],
): Finding[] {
  if (given === undefined) return [];
  const parsed = modelDefaultsSchema.safeParse(given, { error: issueMessage, reportInput: true });
  if (parsed.success) return [];
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: [KEY, ...issue.path] }));
  return schemaFindings(issues, writtenFileSchema, isReference)
    .filter(({ message }) => !message.startsWith('is required'))
    .map((finding) =>
      pathText(finding.path) === `${KEY}.name`
        ? { path: finding.path, message: 'belongs to one model; give each its own', atKey: true }
        : finding,
    );
}

/** A finding of a model about what it has from the defaults is one about them: what stands at its place, or nearest around it, is theirs. */
export function inDefaults(document: Document, finding: Finding): Finding {
  const { path } = finding;
  if (path[0] !== 'models') return finding;
  for (let depth = path.length; depth > 2; depth -= 1) {
    const node = document.getIn(path.slice(0, depth), true);
    if (node === undefined) continue;
    const isTheirs = document.getIn([KEY, ...path.slice(2, depth)], true) === node;
    if (!isTheirs) return finding;
    const message = finding.message.replaceAll(pathText(path.slice(0, 2)), KEY);
    return { ...finding, path: [KEY, ...path.slice(2)], message };
  }
  return finding;
}
