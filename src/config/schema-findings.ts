import { z } from 'zod';
import { nearest } from '../core/nearest.ts';
import type { Finding, PathPart } from './problem.ts';
import { isReservedKey } from './reserved.ts';

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

/**
 * The words for what the schema found. Values are not repeated here: they may be secrets that a reference
 * brought in.
 */
export function issueMessage(issue: RawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return `expected ${typeName(issue.expected)}, found ${kindOf(issue.input)}`;
    case 'invalid_value':
      return issue.input === undefined
        ? `is required: ${oneOf(issue.values)}`
        : `expected ${oneOf(issue.values)}`;
    case 'too_small':
      if (issue.origin === 'array') return 'must not be empty';
      if (issue.origin === 'string') return 'must not be empty text';
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${String(issue.minimum)}`;
    case 'too_big':
      if (issue.origin === 'string') return `must have at most ${String(issue.maximum)} characters`;
      return `must be at most ${String(issue.maximum)}`;
    default:
      return undefined;
  }
}

/** Issues flattened to one finding for each place a person has to change. */
export function schemaFindings(
  issues: readonly Issue[],
  schema: z.ZodType,
  fromReference: IsReference,
): Finding[] {
  return dropShadowed(issues.flatMap((issue) => findingsOf(issue, [], schema, fromReference)));
}

/** Whether the value at a path was brought in by `${…}` or `file:`. Such values are never repeated. */
type IsReference = (path: readonly PathPart[]) => boolean;

function findingsOf(
  issue: Issue,
  base: readonly PathPart[],
  schema: z.ZodType,
  fromReference: IsReference,
): Finding[] {
  const path = [...base, ...(issue.path as PathPart[])];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(path, key, schema));
    case 'invalid_key':
      return [{ path, message: issue.issues[0]?.message ?? issue.message, atKey: true }];
    case 'invalid_union':
      return unionFindings(issue, path, schema, fromReference);
    case 'invalid_value': {
      const word = typeof issue.input === 'string' && !fromReference(path) ? issue.input : null;
      const suggestion = word === null ? null : nearest(word, issue.values.map(String));
      return [{ path, message: issue.message, suggestion }];
    }
    default:
      return [{ path, message: issue.message }];
  }
}

function unknownKey(parent: readonly PathPart[], key: string, schema: z.ZodType): Finding {
  const path = [...parent, key];
  if (isReservedKey(parent, key)) {
    return {
      path,
      message: 'this key is reserved and not available in this version; remove it',
      atKey: true,
    };
  }
  const allowed = keysAt(schema, parent);
  const suggestion = nearest(key, allowed);
  const message = suggestion === null ? `unknown key; allowed here: ${allowed.join(', ')}` : 'unknown key';
  return { path, message, suggestion, atKey: true };
}

/** The branch that got furthest speaks for the union; when none got anywhere, all are named. */
function unionFindings(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  path: readonly PathPart[],
  schema: z.ZodType,
  fromReference: IsReference,
): Finding[] {
  const isWrongType = (inner: Issue): boolean => inner.code === 'invalid_type' && inner.path.length === 0;
  const branch = issue.errors.find((errors) => !errors.some(isWrongType));
  if (branch !== undefined) return branch.flatMap((inner) => findingsOf(inner, path, schema, fromReference));
  const types = issue.errors
    .flat()
    .flatMap((inner) => (inner.code === 'invalid_type' ? [typeName(inner.expected)] : []));
  const message = issue.input === undefined ? 'is required' : `expected ${types.join(' or ')}`;
  return [{ path, message }];
}

/** With an unknown `type` or `preset`, what else stands beside it was written for that type. */
function dropShadowed(findings: readonly Finding[]): Finding[] {
  const deciding = findings.filter(
    ({ path }) => path.length === 3 && (path[2] === 'type' || path[2] === 'preset'),
  );
  return findings.filter(
    (finding) =>
      deciding.includes(finding) ||
      !deciding.some(({ path }) => path[0] === finding.path[0] && path[1] === finding.path[1]),
  );
}

/** The keys a mapping may have, found by walking the schema along the path. */
function keysAt(schema: z.ZodType, path: readonly PathPart[]): string[] {
  let at: z.core.$ZodType | undefined = schema;
  for (const part of path) at = step(unwrapped(at), part);
  const mapping = unwrapped(at);
  return mapping instanceof z.ZodObject ? Object.keys(mapping.shape) : [];
}

function step(schema: z.core.$ZodType | undefined, part: PathPart): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodArray) return schema.element;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  if (schema instanceof z.ZodObject) return schema.shape[part] as z.core.$ZodType | undefined;
  return undefined;
}

function unwrapped(schema: z.core.$ZodType | undefined): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault) {
    return unwrapped(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return unwrapped(schema.in);
  if (schema instanceof z.ZodUnion) return schema.options.find((option) => option instanceof z.ZodObject);
  return schema;
}

const TYPE_NAMES: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['number', 'a number'],
  ['int', 'a whole number'],
  ['boolean', 'true or false'],
  ['array', 'a list'],
  ['object', 'a mapping'],
  ['record', 'a mapping'],
]);

function typeName(expected: string): string {
  return TYPE_NAMES.get(expected) ?? expected;
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'boolean') return 'true or false';
  return Number.isInteger(value) ? 'a number' : 'a fraction';
}

function oneOf(values: readonly unknown[]): string {
  return values.length === 1
    ? `"${String(values[0])}"`
    : `one of ${values.map((value) => `"${String(value)}"`).join(', ')}`;
}
