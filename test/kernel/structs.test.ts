import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { kernelHash } from '../../src/kernel/kernel-sources.ts';
import { CountingKernel } from '../../src/kernel/kernel.ts';
import { JOB, KEYS, SHAPE, TEXT_TABLE } from '../../src/kernel/structs.ts';
import { testKernel } from '../decode/fast/fast-decoder.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../src/kernel/${name}`, import.meta.url));

/** Fields of a class of the kernel's sources, a double as the two words it takes. */
function fieldsOf(file: string, name: string): string[] {
  const source = readFileSync(path(`assembly/${file}`), 'utf8');
  const body = new RegExp(String.raw`class ${name} \{([^}]*)\}`).exec(source)?.[1] ?? '';
  return [...body.matchAll(/^ {2}(\w+): (\w+);/gm)].flatMap(([, field = '', type]) =>
    type === 'f64' ? [field, `${field}High`] : [field],
  );
}

it('TypeScript and the kernel name the same fields in the same order', () => {
  expect(Object.keys(SHAPE)).toEqual(fieldsOf('shape.as', 'Shape'));
  expect(Object.keys(KEYS)).toEqual(fieldsOf('shape.as', 'Keys'));
  expect(Object.keys(JOB)).toEqual(fieldsOf('shape.as', 'Job'));
  expect(Object.keys(TEXT_TABLE)).toEqual(fieldsOf('text.as', 'TextTable'));
});

it('flags and kinds are the same numbers on both sides', () => {
  const source = readFileSync(path('assembly/shape.as'), 'utf8');
  const numbers = (text: string, pattern: RegExp): Record<string, string> =>
    Object.fromEntries([...text.matchAll(pattern)].map(([, name = '', value = '']) => [name, value]));
  const own = numbers(source, /^export const (\w+): \w+ = (-?\d+);/gm);
  const shared = ['core/events/flat-row.ts', 'kernel/structs.ts', 'decode/fast/shape.ts'].map((file) =>
    numbers(readFileSync(path(`../${file}`), 'utf8'), /^(?:export )?const (\w+) = (-?\d+);/gm),
  );
  const theirs: Record<string, string | undefined> = Object.assign({}, ...shared);
  expect(Object.keys(own).length).toBeGreaterThan(10);
  for (const [name, value] of Object.entries(own)) expect([name, theirs[name]]).toEqual([name, value]);
});

it('pieces of memory are used again, lie apart, and run out with an error', () => {
  const kernel = new CountingKernel(moduleBytes());
  const first = kernel.take(1_000);
  const second = kernel.take(1_000);
  expect(first.at % 16).toBe(0);
  expect(second.at).toBeGreaterThanOrEqual(first.at + 1_000);
  kernel.give(first);
  expect(kernel.take(1_000).at).toBe(first.at);
  const doubles = kernel.float64(100);
  doubles.fill(7);
  kernel.giveArray(doubles);
  expect(kernel.float64(100)).toEqual(new Float64Array(100));
  expect(kernel.hasRoom(1_000_000)).toBe(true);
  expect(kernel.hasRoom(250_000_000)).toBe(false);
  expect(() => kernel.take(300_000_000)).toThrow('memory of the counting kernel is full');
});

it('is left out where that is asked for, and says so', () => {
  const script = `
    const { ensureKernel, loadedKernel } = await import(${JSON.stringify(path('load-kernel.ts'))});
    console.log(JSON.stringify([await ensureKernel(), loadedKernel()]));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    env: { ...process.env, SHIFTWATCH_NO_KERNEL: '1' },
  });
  expect(JSON.parse(said)).toEqual([{ kernel: null, reason: 'SHIFTWATCH_NO_KERNEL is set' }, null]);
  expect(testKernel()).not.toBeNull();
});

function moduleBytes(): Uint8Array {
  return readFileSync(path(`../../build/kernel/${kernelHash()}.wasm`));
}
