import type { Pool } from 'pg';

/** The same pool; each statement that is asked of it directly is told of. */
export function counting(pool: Pool, onStatement: (text: string) => void): Pool {
  return new Proxy(pool, {
    get: (target, name) => {
      if (name !== 'query') return Reflect.get(target, name) as unknown;
      return (...args: Parameters<Pool['query']>) => {
        const [asked] = args as readonly unknown[];
        onStatement(typeof asked === 'string' ? asked : String((asked as { text?: string }).text));
        return target.query(...args);
      };
    },
  });
}
