import type { Pool, PoolClient } from 'pg';

/** The same pool; each statement that is asked of it, or of a connection of it, is told of; not how a transaction begins and ends. */
export function counting(pool: Pool, onStatement: (text: string) => void): Pool {
  return telling(pool, (text) => {
    if (!/^(?:begin|commit|rollback|set local)\b/i.test(text)) onStatement(text);
  });
}

function telling<T extends Pool | PoolClient>(asked: T, onStatement: (text: string) => void): T {
  return new Proxy(asked, {
    get: (target, name) => {
      if (name === 'connect' && 'totalCount' in target)
        return async () => telling(await target.connect(), onStatement);
      const own = Reflect.get(target, name) as unknown;
      if (typeof own !== 'function') return own;
      return (...args: unknown[]) => {
        const [statement] = args;
        if (name === 'query')
          onStatement(
            typeof statement === 'string' ? statement : String((statement as { text?: string }).text),
          );
        return (own as (...given: unknown[]) => unknown).apply(target, args);
      };
    },
  });
}
