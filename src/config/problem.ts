export type PathPart = string | number;

/** One mistake in the configuration, at the place a person has to go to. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** `models[0].alerts.channels[1]`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
  /** The nearest thing that would have been allowed. */
  readonly suggestion: string | null;
}

/** A mistake before its place in the file has been looked up. */
export interface Finding {
  readonly path: readonly PathPart[];
  readonly message: string;
  readonly suggestion?: string | null;
  /** The key is wrong rather than its value. */
  readonly atKey?: boolean;
}

/**
 * For example: formatProblem(problem) // 'shiftwatch.yaml:12:5: models[0].taks: unknown key. Did you mean "task"?'
 */
export function formatProblem(problem: ConfigProblem): string {
  const place = `${problem.file}:${problem.line}:${problem.column}:`;
  const path = problem.path === '' ? '' : ` ${problem.path}:`;
  const suggestion = problem.suggestion === null ? '' : `. Did you mean "${problem.suggestion}"?`;
  return `${place}${path} ${problem.message}${suggestion}`;
}

/** `['models', 0, 'a b']` is `models[0]["a b"]`. */
export function pathText(path: readonly PathPart[]): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[\w.-]+$/.test(part)) text += text === '' ? part : `.${part}`;
    else text += `[${JSON.stringify(part)}]`;
  }
  return text;
}
