import { maskSecrets } from './mask-secrets.ts';
import { type PathPart, pathText } from './problem.ts';
import type { Config } from './resolve.ts';

/** One value of the configuration as it is in force, and where it comes from. */
export interface ConfigEntry {
  readonly path: string;
  /** As text; secrets are `***`. */
  readonly value: string;
  /** Line of its file; null: the default. */
  readonly line: number | null;
  /** The file that includes bring it from; null: the configuration file itself, or the default. */
  readonly file: string | null;
  /** The reference as it is written, such as `${DATABASE_URL}`; null: the value itself is written. */
  readonly reference: string | null;
}

/** Every value in force, in the order of the file's schema, with its source; secrets hidden. */
export function explainConfig(config: Pick<Config, 'source'>): ConfigEntry[] {
  const { lines, references } = config.source;
  const entries: ConfigEntry[] = [];
  const walk = (value: unknown, path: readonly PathPart[]): void => {
    if (value === undefined) return;
    const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
    if (typeof value !== 'object' || value === null || isEmpty) {
      const text = pathText(path);
      entries.push({
        path: text,
        value: typeof value === 'string' ? value : JSON.stringify(value),
        line: lines.get(text)?.line ?? null,
        file: lines.get(text)?.file ?? null,
        reference: references.get(text) ?? null,
      });
      return;
    }
    if (Array.isArray(value)) value.forEach((item, at) => walk(item, [...path, at]));
    else for (const [key, item] of Object.entries(value)) walk(item, [...path, key]);
  };
  walk(maskSecrets(config), []);
  return entries;
}
