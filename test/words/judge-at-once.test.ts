import { Command } from 'commander';
import { expect, it } from 'vitest';
import { register } from '../../src/cli/recompute/recompute.ts';
import { judgeAtOnce } from '../../src/words/command/judge-at-once.ts';

const HOUR = { start: '2026-03-02T01:00:00.000Z', end: '2026-03-02T02:00:00.000Z' };

it('names a command and flags that there are, and a model as a shell takes it', () => {
  const text = judgeAtOnce({ model: "Anna's", ...HOUR });
  expect(text).toBe(`shiftwatch recompute --model 'Anna'\\''s' --from ${HOUR.start} --to ${HOUR.end}`);
  const program = new Command();
  register(program, {} as never);
  const [command] = program.commands;
  expect(command?.name()).toBe('recompute');
  const flags = command?.options.map(({ long }) => long);
  expect(flags).toEqual(expect.arrayContaining(text.match(/--\w+/g) ?? []));
});
