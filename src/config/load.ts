import { glob, readFile } from 'node:fs/promises';
import { LineCounter, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import { errorMessage } from '../core/errors.ts';
import type { Result } from '../core/result.ts';
import { fail, ok } from '../core/result.ts';
import { linesOfValues } from './yaml/lines-of-values.ts';
import { locate } from './yaml/locate.ts';
import {
  type IncludeContext,
  type Included,
  includeModels,
  placedInIncluded,
  placeOfModel,
} from './include.ts';
import { defaultsFindings, inDefaults, mergeModelDefaults } from './model-defaults.ts';
import type { ConfigProblem, Finding, PathPart } from './problem.ts';
import { pathText } from './problem.ts';
import type { ReferenceContext } from './references.ts';
import { resolveReferences } from './references.ts';
import type { Config } from './resolve.ts';
import { resolveConfig } from './resolve.ts';
import { modelFindings } from './rules/model-rules.ts';
import { ruleFindings } from './rules/rules.ts';
import { issueMessage, schemaFindings } from './schema-findings.ts';
import { modelSchema } from './schema/model.ts';
import { configFileSchema, writtenFileSchema } from './schema/root.ts';
import { writeOut } from './yaml/write-out.ts';
import { yamlMistakes } from './yaml/yaml-mistakes.ts';

type Env = Readonly<Record<string, string | undefined>>;

/** What is said of a configuration that is not there. */
export const NO_CONFIGURATION = 'there is no configuration';

/** Reads and checks the configuration once. Every mistake found is reported, not only the first. */
export async function loadConfig(path: string, env: Env): Promise<Result<Config, ConfigProblem[]>> {
  const readText = (file: string): Promise<string> => readFile(file, 'utf8');
  let text: string;
  try {
    text = await readText(path);
  } catch (error) {
    const isGone = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    const message = isGone ? NO_CONFIGURATION : `cannot read the configuration: ${errorMessage(error)}`;
    return fail([{ file: path, line: 1, column: 1, path: '', message, suggestion: null }]);
  }
  const findFiles = async (pattern: string): Promise<string[]> => {
    const found: string[] = [];
    for await (const file of glob(pattern)) found.push(file);
    return found;
  };
  return await parseConfig(text, { file: path, env, readFile: readText, findFiles });
}

/**
 * Parses, resolves references, checks the schema, then what ties keys together. Each stage needs the one
 * before it, so a stage with problems is the last; but what is wrong elsewhere is told beside references that lead nowhere, and what ties the
 * keys of a model together beside the schema's.
 */
export async function parseConfig(
  text: string,
  context: ReferenceContext & IncludeContext,
): Promise<Result<Config, ConfigProblem[]>> {
  const lines = new LineCounter();
  // Other keys than text would be shown as the text they are written in, by the library itself.
  // A line break of its own in YAML, which the library takes for text; nothing moves.
  const document = parseDocument(text.replaceAll(/\r(?!\n)/g, '\n'), {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: 'error',
  });
  let included: Included = { models: new Map(), origins: new Map(), problems: [], findings: [] };
  const report = (findings: readonly Finding[]): ConfigProblem[] =>
    withoutRepeats(
      findings.map((finding) => {
        const own = inDefaults(document, finding);
        return placedInIncluded(included, own) ?? placed(own, context.file, document, lines);
      }),
    ).sort(inOrder(context.file));

  const broken = yamlMistakes(document);
  if (broken.length > 0) {
    return fail(
      broken.map(({ message, offset }) => {
        const { line, col } = lines.linePos(offset);
        return { file: context.file, line, column: col, path: '', message, suggestion: null };
      }),
    );
  }
  writeOut(document);
  included = await includeModels(document, context);
  if (included.problems.length + included.findings.length > 0) {
    return fail([...report(included.findings), ...included.problems]);
  }
  mergeModelDefaults(document);
  const { references, findings: unresolved } = await resolveReferences(document, context);
  // Of a value that is not known nothing else can be said.
  const besides = (findings: readonly Finding[]): Finding[] => [
    ...unresolved,
    ...findings.filter(({ path }) => !unresolved.some((unknown) => leadsTo(path, unknown.path))),
  ];

  const own = { file: context.file, document, lines };
  const isReference: Parameters<typeof schemaFindings>[2] = (path) => references.has(pathText(path));
  const { given, defaults } = withoutDefaults(document.toJS());
  const inThemselves = defaultsFindings(defaults, isReference);
  const told = new Set(inThemselves.map(({ path }) => pathText(path)));
  const withThem = (findings: readonly Finding[]): Finding[] => [
    ...inThemselves,
    ...findings.filter((finding) => !told.has(pathText(inDefaults(document, finding).path))),
  ];
  const parsed = configFileSchema.safeParse(given, { error: issueMessage, reportInput: true });
  if (!parsed.success) {
    const misspelt = schemaFindings(parsed.error.issues, writtenFileSchema, isReference);
    return fail(report(besides(withThem([...misspelt, ...findingsOfWholeModels(given, misspelt)]))));
  }
  const wrong = besides(withThem(ruleFindings(parsed.data, (index) => placeOfModel(included, index, own))));
  if (wrong.length > 0) return fail(report(wrong));
  return ok(
    resolveConfig({
      file: context.file,
      effective: parsed.data,
      references,
      lines: linesOfValues(document, lines, included.origins),
    }),
  );
}

/** By place; the file itself comes before those it includes. */
function inOrder(own: string): (a: ConfigProblem, b: ConfigProblem) => number {
  const rank = ({ file }: ConfigProblem): string => (file === own ? '' : file);
  return (a, b) =>
    (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0) || a.line - b.line || a.column - b.column;
}

function withoutDefaults(file: unknown): { given: unknown; defaults?: unknown } {
  if (!(file instanceof Object) || !('model_defaults' in file)) return { given: file };
  const { model_defaults: defaults, ...given } = file;
  return { given, defaults };
}

/** Whether a place is another one, or holds it. */
function leadsTo(path: readonly PathPart[], place: readonly PathPart[]): boolean {
  return path.length <= place.length && path.every((part, at) => part === place[at]);
}

/**
 * What ties the keys of one model together is told of each that can be read, whatever is wrong elsewhere; of one that cannot,
 * what ties together the parts of a key that can.
 */
function findingsOfWholeModels(given: unknown, misspelt: readonly Finding[]): Finding[] {
  const models: unknown = given instanceof Object && 'models' in given ? given.models : null;
  if (!Array.isArray(models)) return [];
  const wrong = misspelt.map(({ path }) => path).filter(([first]) => first === 'models');
  return models.flatMap((each: unknown, index) => {
    const keys = wrong.filter(([, of]) => of === index).map(([, , key]) => key);
    const model =
      keys.length === 0 ? modelSchema.safeParse(each) : modelSchema.safeParse(without(each, keys));
    if (!model.success) return [];
    const findings = modelFindings(model.data, ['models', index]);
    return keys.length === 0 ? findings : findings.filter(({ path: [, , key] }) => isWhole(key, keys));
  });
}

/** Keys whose parts are held against one another, and against nothing else. */
const BY_THEMSELVES: ReadonlySet<PathPart | undefined> = new Set(['windows', 'segments', 'groups', 'labels']);

const isWhole = (key: PathPart | undefined, wrong: readonly (PathPart | undefined)[]): boolean =>
  BY_THEMSELVES.has(key) && !wrong.includes(key);

function without(model: unknown, keys: readonly (PathPart | undefined)[]): unknown {
  if (!(model instanceof Object)) return model;
  const rest = Object.entries(model).filter(([key]) => !keys.includes(key));
  return { name: 'model', task: 'classification', ...Object.fromEntries(rest) };
}

/** What stands behind an anchor is read at each of its aliases, and told once: where it is read first. */
function withoutRepeats(problems: readonly ConfigProblem[]): ConfigProblem[] {
  const told = new Map<string, ConfigProblem>();
  for (const problem of problems) {
    const { file, line, column, path, message, suggestion } = problem;
    // Two keys that are missing from one mapping stand at one place.
    const key = JSON.stringify([file, line, column, path.split(/[.[]/).at(-1), message, suggestion]);
    if (!told.has(key)) told.set(key, problem);
  }
  return [...told.values()];
}

function placed(finding: Finding, file: string, document: Document, lines: LineCounter): ConfigProblem {
  const { line, column } = locate(document, lines, finding.path, finding.atKey ?? false);
  const { message, suggestion = null } = finding;
  return { file, line, column, path: pathText(finding.path), message, suggestion };
}
