/**
 * `include`: files that hold one model or a list of them. Their nodes are put behind the models of the file itself before
 * anything is checked; each still knows which file it was written in, so a mistake in it has its place there.
 */
import { dirname, isAbsolute, join, relative } from 'node:path';
import { isMap, isScalar, isSeq, LineCounter, Pair, parseDocument, visit, YAMLSeq } from 'yaml';
import type { Document, Node, ParsedNode } from 'yaml';
import { errorMessage } from '../core/errors.ts';
import type { ConfigProblem, Finding, PathPart } from './problem.ts';
import { pathText } from './problem.ts';
import type { NodeOrigin } from './yaml/lines-of-values.ts';
import { locate } from './yaml/locate.ts';
import { writeOut } from './yaml/write-out.ts';
import { yamlMistakes } from './yaml/yaml-mistakes.ts';

const KEY = 'include';

export interface IncludeContext {
  /** The configuration file: patterns and files are looked up beside it. */
  readonly file: string;
  readonly readFile: (path: string) => Promise<string>;
  /** Files that fit a pattern with `*`, in any order. Absent: there are none to be found. */
  readonly findFiles?: (pattern: string) => Promise<readonly string[]>;
}

/** Where a model of an included file was written. */
interface IncludedModel {
  readonly file: string;
  readonly document: Document;
  readonly lines: LineCounter;
  /** Of the model in that file: nothing where it is the only one. */
  readonly within: readonly PathPart[];
}

export interface Included {
  /** By index of the model in `models` of the whole. */
  readonly models: ReadonlyMap<number, IncludedModel>;
  /** Of all that is written in included files. */
  readonly origins: ReadonlyMap<Node, NodeOrigin>;
  readonly problems: readonly ConfigProblem[];
  readonly findings: readonly Finding[];
}

/** @param document written out; afterwards it has the models of all files, and no `include` */
export async function includeModels(document: Document, context: IncludeContext): Promise<Included> {
  const models = new Map<number, IncludedModel>();
  const origins = new Map<Node, NodeOrigin>();
  const problems: ConfigProblem[] = [];
  const findings: Finding[] = [];
  const root = document.contents;
  const given: unknown = document.getIn([KEY], true);
  if (!isMap(root) || given === undefined) return { models, origins, problems, findings };
  const places = patternsOf(given);
  if (places === null) {
    const message = 'expected a file, such as models/*.yaml, or a list of them';
    return { models, origins, problems, findings: [{ path: [KEY], message }] };
  }
  const all = modelsOf(document, root);
  if (all === null) return { models, origins, problems, findings };
  const seen = new Set<string>();
  for (const { pattern, path } of places) {
    const files = await filesOf(pattern, context);
    if (files.length === 0) findings.push({ path, message: `no file fits ${pattern}` });
    for (const file of files.filter((each) => !seen.has(each))) {
      seen.add(file);
      const read = await readModels(file, context);
      problems.push(...read.problems);
      for (const { node, ...model } of read.models) {
        models.set(all.items.length, model);
        visit(node, { Node: (_key, each) => void origins.set(each, model) });
        all.items.push(node);
      }
    }
  }
  // What is wrong with it is still to be found in the document.
  if (findings.length === 0) root.delete(KEY);
  return { models, origins, problems, findings };
}

/** Null: what stands there is neither a text nor a list of texts. */
function patternsOf(given: unknown): { pattern: string; path: PathPart[] }[] | null {
  if (isScalar(given) && typeof given.value === 'string') return [{ pattern: given.value, path: [KEY] }];
  if (!isSeq(given)) return null;
  const patterns = given.items.map((item, index) => ({
    pattern: isScalar(item) && typeof item.value === 'string' ? item.value : null,
    path: [KEY, index],
  }));
  return patterns.every((each): each is { pattern: string; path: [string, number] } => each.pattern !== null)
    ? patterns
    : null;
}

/** The list of models, which a file that only includes some does not have. Null: it is something else, which the schema tells. */
function modelsOf(document: Document, root: { items: Pair[] }): YAMLSeq | null {
  const own: unknown = document.getIn(['models'], true);
  if (isSeq(own)) return own;
  if (own !== undefined && !(isScalar(own) && own.value === null)) return null;
  const made = new YAMLSeq(document.schema);
  root.items = root.items.filter(({ key }) => !(isScalar(key) && key.value === 'models'));
  root.items.push(new Pair(document.createNode('models'), made));
  return made;
}

async function filesOf(pattern: string, { file, findFiles }: IncludeContext): Promise<string[]> {
  const folder = dirname(file);
  const whole = isAbsolute(pattern) ? pattern : join(folder, pattern);
  if (!/[*?[{]/.test(pattern)) return [whole];
  const own = join(file);
  const found = (await findFiles?.(whole)) ?? [];
  return found.filter((each) => join(each) !== own).sort();
}

interface ReadModels {
  readonly models: readonly (IncludedModel & { readonly node: ParsedNode })[];
  readonly problems: readonly ConfigProblem[];
}

async function readModels(path: string, context: IncludeContext): Promise<ReadModels> {
  const folder = dirname(context.file);
  // As somebody would type it who stands where the configuration was named from.
  const file = isAbsolute(context.file) || !isAbsolute(path) ? path : relative(folder, path);
  const problem = (line: number, column: number, message: string): ReadModels => ({
    models: [],
    problems: [{ file, line, column, path: '', message, suggestion: null }],
  });
  let text: string;
  try {
    text = await context.readFile(path);
  } catch (error) {
    return problem(1, 1, `cannot read this file, which ${context.file} includes: ${errorMessage(error)}`);
  }
  const lines = new LineCounter();
  const document = parseDocument(text.replaceAll(/\r(?!\n)/g, '\n'), {
    lineCounter: lines,
    prettyErrors: false,
    stringKeys: true,
    logLevel: 'error',
  });
  const broken = yamlMistakes(document);
  if (broken.length > 0) {
    const problems = broken.map(({ message, offset }) => {
      const { line, col } = lines.linePos(offset);
      return { file, line, column: col, path: '', message, suggestion: null };
    });
    return { models: [], problems };
  }
  writeOut(document);
  const { contents } = document;
  const place = { file, document, lines };
  if (isSeq(contents)) {
    return {
      problems: [],
      models: contents.items.map((node, index) => ({ ...place, node, within: [index] })),
    };
  }
  if (isMap(contents)) return { problems: [], models: [{ ...place, node: contents, within: [] }] };
  const { line, col } = lines.linePos(contents?.range?.[0] ?? 0);
  return problem(line, col, 'expected one model or a list of models');
}

/** A finding about a model of an included file, at its place there; null for all others. */
export function placedInIncluded(
  { models }: Pick<Included, 'models'>,
  finding: Finding,
): ConfigProblem | null {
  const [first, index, ...rest] = finding.path;
  const model = first === 'models' && typeof index === 'number' ? models.get(index) : undefined;
  if (model === undefined) return null;
  const path = [...model.within, ...rest];
  const { line, column } = locate(model.document, model.lines, path, finding.atKey ?? false);
  const { message, suggestion = null } = finding;
  return { file: model.file, line, column, path: pathText(path), message, suggestion };
}

/** For messages that name another place: with the file, where there are several. Null: `models[3].name` says it. */
export function placeOfModel(
  { models }: Pick<Included, 'models'>,
  index: number,
  own: Pick<IncludedModel, 'file' | 'document' | 'lines'>,
): string | null {
  if (models.size === 0) return null;
  const { file, document, lines, within } = models.get(index) ?? { ...own, within: ['models', index] };
  const { line, column } = locate(document, lines, [...within, 'name'], false);
  return `${file}:${line}:${column}`;
}
