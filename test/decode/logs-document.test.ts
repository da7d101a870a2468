import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEAD_LETTER_REASONS } from '../../src/core/events/dead-letter.ts';
import { DAY_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { DEFAULT_DECODE_LIMITS } from '../../src/decode/limits.ts';
import { DEFAULT_MAX_UNPACKED_BYTES } from '../../src/ingest/kafka/kafka-options.ts';
import { decodeText, eventOf } from './decode.ts';

const DOCUMENT = readFileSync(new URL('../../docs/logs.md', import.meta.url), 'utf8');
const blocks = (language: string) =>
  [...DOCUMENT.matchAll(new RegExp(`\`\`\`${language}\\n(?<text>.*?)\`\`\``, 'gs'))].map(
    ({ groups }) => groups?.['text'] ?? '',
  );

describe('docs/logs.md', () => {
  it('has examples of all three types, and all of them are read', () => {
    // The label is from a month later, as labels are.
    const limits = { maxFutureMs: 60 * DAY_MS };
    const types = blocks('json').map((text) => eventOf(decodeText(text, {}, limits)).type);
    expect(types).toEqual(['prediction', 'prediction', 'prediction', 'features', 'label', 'label']);
  });

  it('shows what Python writes, which is read too', () => {
    const [text = ''] = blocks('text');
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    const tolerated: string[] = [];
    expect(eventOf(decodeText(text, { onTolerated: (kind) => tolerated.push(kind) }))).toMatchObject({
      features: new Map([
        ['age', null],
        ['income', Infinity],
      ]),
    });
    expect(tolerated).toEqual(['bare_numbers']);
  });

  it('explains every reason for a dead letter', () => {
    const [, table = ''] = DOCUMENT.split('## Dead letters');
    expect(DEAD_LETTER_REASONS.filter((reason) => !table.includes(`\`${reason}\``))).toEqual([]);
  });

  it('states the limits that hold', () => {
    const limits = DEFAULT_DECODE_LIMITS;
    expect(DOCUMENT).toContain(`at most ${limits.maxIdLength} characters`);
    expect(DOCUMENT).toContain(`longer than ${limits.maxNameLength} characters`);
    expect(DOCUMENT).toContain(`${limits.maxTextLength.toLocaleString('en')} characters is cut`);
    expect(DOCUMENT).toContain(`${limits.maxFutureMs / MINUTE_MS} minutes unless configured`);
    expect(DOCUMENT).toContain(`${DEFAULT_MAX_UNPACKED_BYTES / 1024 / 1024} MiB`);
  });
});
