import { expect, it } from 'vitest';
import { everyCommand, runHere } from './every-command.ts';

/** They need none. */
const WITHOUT = new Set(['demo', 'detect', 'simulate', 'config schema', 'event-schema']);
const GONE = '/nowhere/at/all.yaml';

it('every command says in one sentence that there is no configuration, and what makes one', async () => {
  const said = new Map<string, unknown>();
  for (const [name, line] of await everyCommand()) {
    if (WITHOUT.has(name)) continue;
    const { code, out, err } = await runHere([...line, '--config', GONE]);
    if (name === 'doctor') {
      expect(out).toContain(
        `CRITICAL  configuration: there is no configuration ${GONE}\n          \`shiftwatch init\``,
      );
      continue;
    }
    const lines = err.trimEnd().split('\n');
    const isPlain =
      lines.length === 2 &&
      err.includes(`there is no configuration ${GONE}`) &&
      err.includes(name === 'init' ? '--brokers' : 'shiftwatch init');
    if (code !== 1 || out !== '' || !isPlain) said.set(name, { code, out, err });
  }
  expect(Object.fromEntries(said)).toEqual({});
}, 120_000);
