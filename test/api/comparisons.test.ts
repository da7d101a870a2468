/** Files that are posted, and really compared. */
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunComparison } from '../../src/api/api-deps.ts';
import { comparisonFlags } from '../../src/api/comparison-options.ts';
import { ok } from '../../src/core/result.ts';
import { runComparison } from '../../src/pipeline/inspect/run-comparison.ts';
import { atEnd } from '../harness/cleanup.ts';
import { DEADLINES } from '../harness/deadlines.ts';
import { until } from '../harness/wait.ts';
import { testApi } from './fakes.ts';

const rows = (shift: number): string =>
  [
    'age,country',
    ...Array.from({ length: 500 }, (_, at) => `${((at * 37) % 60) + shift},${'ABC'[at % 3]}`),
  ].join('\n');

let folder: string;
let before: string | undefined;
beforeEach(() => {
  before = process.env['TMPDIR'];
  folder = mkdtempSync(join(tmpdir(), 'comparisons-'));
  process.env['TMPDIR'] = folder;
});
afterEach(() => {
  if (before === undefined) delete process.env['TMPDIR'];
  else process.env['TMPDIR'] = before;
});

async function served(run: RunComparison = runComparison): Promise<string> {
  const { app } = testApi({ runComparison: run });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  atEnd(() => app.close());
  return `${url}/api/v1/comparisons`;
}

function form(parts: Record<string, string | Blob>, name = 'rows.csv'): FormData {
  const made = new FormData();
  for (const [field, value] of Object.entries(parts)) {
    if (typeof value === 'string') made.append(field, value);
    else made.append(field, value, name);
  }
  return made;
}
const csv = (text: string): Blob => new Blob([text], { type: 'text/csv' });
const both = { reference: csv(rows(20)), current: csv(rows(50)) };

async function post(url: string, body: string | FormData, init: RequestInit = {}) {
  const reply = await fetch(url, { method: 'POST', body, ...init });
  const said = (await reply.json()) as Record<string, never>;
  return { status: reply.status, headers: reply.headers, said };
}

describe('POST /api/v1/comparisons', () => {
  it('answers with the JSON of compare, and keeps nothing', async () => {
    const url = await served();
    const { status, said } = await post(url, form({ options: '{"features":["age"]}', ...both }));
    expect(status).toBe(200);
    expect(said).toMatchObject({
      diagnosis: { verdict: 'covariate_shift' },
      features: [{ name: 'age', drifted: true }],
    });
    await until(() => readdirSync(folder).length === 0, {
      what: 'the files to be gone',
      timeoutMs: DEADLINES.waitMs,
    });
  });

  it('says in the words of compare what cannot be compared, and nothing of the server', async () => {
    const url = await served();
    const { status, said } = await post(url, form({ ...both, options: '{"label":"nowhere"}' }));
    expect(status).toBe(422);
    expect(said['detail']).toContain('nowhere');
    expect(JSON.stringify(said)).not.toContain(folder);
  });

  it('refuses what is no form, no table, no option, and what is missing', async () => {
    const url = await served();
    const answers = [
      await post(url, '{}', { headers: { 'content-type': 'application/json' } }),
      await post(url, form({ ...both, current: new Blob(['x'], { type: 'image/png' }) }, 'x.png')),
      await post(url, form({ ...both, options: '{"config":"/etc/passwd"}' })),
      await post(url, form({ ...both, options: 'no json' })),
      await post(url, form({ reference: both.reference })),
      await post(url, form({ reference: both.reference, other: both.current })),
    ];
    expect(answers.map(({ status }) => status)).toEqual([415, 415, 400, 400, 400, 400]);
    expect(answers[2]?.said['detail']).toMatch(/no option "config"; there are window, /);
    await until(() => readdirSync(folder).length === 0, {
      what: 'the files to be gone',
      timeoutMs: DEADLINES.waitMs,
    });
  });

  it('says what is wrong with a form that ends too early, or has no boundary', async () => {
    const url = await served();
    const part = '--b\r\ncontent-disposition: form-data; name="reference"; filename="r.csv"\r\n\r\nage\n1';
    const answers = [
      await post(url, part, { headers: { 'content-type': 'multipart/form-data; boundary=b' } }),
      await post(url, part, { headers: { 'content-type': 'multipart/form-data' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400]);
    expect(answers[0]?.said['detail']).toMatch(/^The form cannot be read: .*unexpected end/i);
    expect(answers[1]?.said['detail']).toBe('The form cannot be read: Multipart: Boundary not found.');
  });

  it('works on two at a time, and is ended with whoever asked', async () => {
    let [started, ended] = [0, 0];
    const url = await served(async (_asked, signal) => {
      started += 1;
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      ended += 1;
      return ok(null);
    });
    const gone = new AbortController();
    const waiting = [0, 1].map(async () => {
      const reply = fetch(url, { method: 'POST', body: form(both), signal: gone.signal });
      return await reply.catch(() => null);
    });
    await until(() => started === 2, {
      what: 'two to be in work',
      timeoutMs: DEADLINES.waitMs,
    });
    const third = await post(url, form(both));
    expect([third.status, third.headers.get('retry-after')]).toEqual([429, '1']);
    gone.abort();
    await Promise.all(waiting);
    await until(() => ended === 2 && readdirSync(folder).length === 0, {
      what: 'both to be ended',
      timeoutMs: DEADLINES.waitMs,
    });
  });

  it('ends the process of one whose client has gone', async () => {
    const gone = new AbortController();
    const answer = join(folder, 'answer.json');
    const asked = { folder, flags: [], reference: '/dev/zero', current: '/dev/zero', answer };
    setImmediate(() => gone.abort());
    expect(await runComparison(asked, gone.signal)).toEqual({
      ok: false,
      error: 'It was ended before it was done.',
    });
  });
});

describe('options of a comparison', () => {
  it('become flags whose values cannot be flags', () => {
    const options = {
      label: '--config=x',
      features: ['a', 'b'],
      multivariate: false,
      min_count: 5,
      window: null,
    };
    expect(comparisonFlags(options)).toEqual({
      ok: true,
      value: ['--label=--config=x', '--features=a,b', '--no-multivariate', '--min-count=5'],
    });
  });

  it.each([
    { html: 'x' },
    { model: 'm' },
    { label: ['a'] },
    { min_count: 'many' },
    { multivariate: 'no' },
    [],
    null,
  ])('refuses %j', (options) => expect(comparisonFlags(options)).toMatchObject({ ok: false }));
});
