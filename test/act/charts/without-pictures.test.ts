/** Machines on which nothing can be drawn: the mail goes as text and tables, and says so to the operator. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

interface Sent {
  readonly pictures: number;
  readonly counted: readonly string[];
  readonly warned: readonly { readonly error: string }[];
  readonly text: string;
  readonly html: string;
}

async function mailWithout(name: string): Promise<Sent> {
  const program = join(import.meta.dirname, 'mail-without.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, name]);
  return JSON.parse(stdout) as Sent;
}

describe('a mail of three charts', () => {
  it('has them where everything is there', async () => {
    expect(await mailWithout('nothing-of-this-name')).toMatchObject({ pictures: 3, counted: [], warned: [] });
  });

  it.each(['@resvg/resvg-js', '@expo-google-fonts/inter'])(
    'goes without them where %s is missing, with every figure in words',
    async (name) => {
      const { pictures, counted, warned, text, html } = await mailWithout(name);
      expect({ pictures, counted }).toEqual({
        pictures: 0,
        counted: ['chart_failed', 'chart_failed', 'chart_failed'],
      });
      for (const { error } of warned) expect(error).toContain(name);
      expect(text).toContain('CONCEPT DRIFT');
      expect(text).toMatch(/0\.86 → 0\.71/);
      expect(html).toMatch(/0\.71/);
      expect(html).not.toMatch(/<img|cid:/);
    },
  );
});
