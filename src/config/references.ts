/**
 * `${NAME}` and `file:` inside string scalars, resolved after YAML has been parsed: a value can never add keys
 * or lists, and a password may hold any character.
 */
import { dirname, isAbsolute, join } from 'node:path';
import { isMap, isScalar, isSeq } from 'yaml';
import type { Document, Node, Scalar } from 'yaml';
import { errorMessage } from '../core/errors.ts';
import { literal } from '../core/literal.ts';
import { nearest } from '../core/nearest.ts';
import type { Result } from '../core/result.ts';
import { fail, ok } from '../core/result.ts';
import type { Finding, PathPart } from './problem.ts';
import { pathText } from './problem.ts';

export interface ReferenceContext {
  /** Files are looked up beside the configuration file. */
  readonly file: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readFile: (path: string) => Promise<string>;
}

export interface Resolved {
  /** Path of each value that came from a reference, and the reference as it was written. */
  readonly references: ReadonlyMap<string, string>;
  readonly findings: readonly Finding[];
}

interface StringPlace {
  readonly scalar: Scalar<string>;
  readonly path: readonly PathPart[];
}

/** Replaces the references in a document that is written out, in place. */
export async function resolveReferences(document: Document, context: ReferenceContext): Promise<Resolved> {
  const references = new Map<string, string>();
  const findings: Finding[] = [];
  // An aliased scalar stands in several places but is replaced once.
  const resolvedOnce = new Map<
    Scalar<string>,
    { written: string; result: Result<string, Omit<Finding, 'path'>> }
  >();
  for (const { scalar, path } of stringScalars(document.contents, [])) {
    const written = resolvedOnce.get(scalar)?.written ?? asReference(scalar.value, path);
    const isReference = written.startsWith('file:') || written.includes('${');
    if (!isReference) continue;
    const result = resolvedOnce.get(scalar)?.result ?? (await resolveText(written, context));
    resolvedOnce.set(scalar, { written, result });
    if (result.ok) {
      references.set(pathText(path), written);
      scalar.value = result.value;
    } else findings.push({ path, ...result.error });
  }
  return { references, findings };
}

/** `credentials: { file: key.json }` is a reference as it stands, unless it is what would stand in the file. */
function asReference(text: string, path: readonly PathPart[]): string {
  const isKeyFile = path.at(-1) === 'file' && path.at(-2) === 'credentials' && path[0] === 'webhooks';
  return isKeyFile && !/^(?:file:|\{)/.test(text) ? `file:${text}` : text;
}

function* stringScalars(node: Node | null, path: readonly PathPart[]): Generator<StringPlace> {
  if (isMap<Scalar, Node | null>(node)) {
    for (const { key, value } of node.items) yield* stringScalars(value, [...path, String(key.value)]);
  } else if (isSeq<Node | null>(node)) {
    for (const [index, item] of node.items.entries()) yield* stringScalars(item, [...path, index]);
  } else if (isScalar(node) && typeof node.value === 'string') {
    yield { scalar: node as Scalar<string>, path };
  }
}

/** What a variable brings in is taken as it is: a `file:` inside it is text. */
async function resolveText(
  text: string,
  context: ReferenceContext,
): Promise<Result<string, Omit<Finding, 'path'>>> {
  const expanded = expandVariables(text, context.env);
  if (!expanded.ok || !text.startsWith('file:')) return expanded;
  const given = expanded.value.slice('file:'.length);
  const path = isAbsolute(given) ? given : join(dirname(context.file), given);
  try {
    // Editors and secret mounts end files with a line break that is no part of the secret.
    return ok((await context.readFile(path)).replace(/\r?\n$/, ''));
  } catch (error) {
    return fail({ message: `cannot read the file that ${text} refers to: ${errorMessage(error)}` });
  }
}

const VARIABLE = /\$(?<escaped>\$)?\{(?<name>[^}]*)\}?/g;

function expandVariables(text: string, env: ReferenceContext['env']): Result<string, Omit<Finding, 'path'>> {
  let problem: Omit<Finding, 'path'> | null = null;
  const expanded = text.replace(VARIABLE, (match, escaped: string | undefined, name: string) => {
    // $${NAME} is the way to write ${NAME} itself.
    if (escaped !== undefined) return match.slice(1);
    const value = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && match.endsWith('}') ? env[name] : null;
    if (value === null)
      problem ??= {
        // Not repeated: it may be the rest of a password that holds these characters.
        message: '"${" begins no reference here: write ${NAME}, or $${ for the characters themselves',
      };
    if (value === undefined) problem ??= unsetVariable(name, env);
    return value ?? '';
  });
  return problem === null ? ok(expanded) : fail(problem);
}

/**
 * What the variables of a text brought in, of a text that holds more than one.
 *
 * @example broughtIn('Token ${KEY}', 'Token abc') // ['abc']
 */
export function broughtIn(written: string, resolved: string): string[] {
  let pattern = '';
  let end = 0;
  for (const { index, 0: match, groups } of written.matchAll(VARIABLE)) {
    pattern += literal(written.slice(end, index));
    pattern += groups?.['escaped'] === undefined ? '([^]*)' : literal(match.slice(1));
    end = index + match.length;
  }
  const found = new RegExp(`^${pattern}${literal(written.slice(end))}$`).exec(resolved);
  return found === null ? [] : found.slice(1);
}

function unsetVariable(name: string, env: ReferenceContext['env']): Omit<Finding, 'path'> {
  const set = Object.keys(env).filter((key) => env[key] !== undefined);
  return { message: `environment variable ${name} is not set`, suggestion: nearest(name, set) };
}
