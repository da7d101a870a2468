import { describe, expect, it } from 'vitest';
import { firingAlerts, statusReport } from '../../src/cli/status/report.ts';
import { oneLine, textTable } from '../../src/cli/terminal/text-table.ts';
import type { Overview } from '../../src/store/read-models/overview.ts';
import { nothingStored } from '../api/fakes.ts';

const NOW_MS = Date.parse('2026-03-10T12:07:00Z');
const NOTHING = { holds: new Map(), channels: new Map(), kept: [] };
const pipeline = await nothingStored.pipelineFacts();

describe('status', () => {
  it('says what to do where there is nothing yet', () => {
    const text = statusReport({ versions: [], pipeline, more_alerts: false, unseen: [] }, NOTHING, NOW_MS);
    expect(text).toBe(`No model is being watched yet.

Next: shiftwatch baseline create --model NAME --model-version 1 training.csv, or shiftwatch demo to see it at work.

Pipeline: 0 records waiting in the log, 0 rows after closing, 0 late rows, 0 dead letters, 0 jobs to be done
History: nothing kept yet (shiftwatch retention)
`);
  });

  it('counts rows that were too old for every window apart from those that revised a closed one', () => {
    const both = {
      ...pipeline,
      events: [
        { source: 'kafka:a', event_type: 'prediction', outcome: 'late', count: 3 },
        { source: 'kafka:a', event_type: 'features', outcome: 'late', count: 4 },
        { source: 'kafka:a', event_type: 'prediction', outcome: 'windowed', count: 90 },
      ],
      windows: [{ model: 'a', state: 'closed' as const, count: 2, late_rows: 1 }],
    };
    const text = statusReport(
      { versions: [], pipeline: both, more_alerts: false, unseen: [] },
      NOTHING,
      NOW_MS,
    );
    expect(text).toContain(', 1 row after closing, 7 late rows, ');
  });

  it('says that mails wait for their server, with its own words on one line', () => {
    const row = {
      host: 'mail:587',
      failures: 7,
      opened_at: '2026-03-10T11:52:00Z',
      retry_at: null,
      last_error: 'a\nb',
    };
    const down = { ...pipeline, mail_servers: [row, { ...row, host: 'other:25', opened_at: null }] };
    const text = statusReport(
      { versions: [], pipeline: down, more_alerts: false, unseen: [] },
      NOTHING,
      NOW_MS,
    );
    expect(text).toContain(
      'MAIL SERVER DOWN: mail:587 has not answered 7 times in a row, mails wait since 15 min ago: a b\n',
    );
    expect(text).not.toContain('other');
  });

  it('keeps what a log says on its line and away from the terminal', () => {
    const overview: Overview = {
      versions: [
        {
          model: 'a\u001b[31m\nb',
          task: 'regression',
          version: '1',
          state: 'active',
          baseline: null,
          windows: [
            {
              id: '1',
              size_ms: 3_600_000,
              size_rows: null,
              start: '2026-03-10T11:00:00.000Z',
              end: '2026-03-10T12:00:00.000Z',
              state: 'closed',
              rows: 900,
              late_rows: 0,
              verdict: {
                series: 'closed',
                verdict: 'none',
                confidence: 0.9,
                advice: 'none',
                summary: '',
                reason: null,
                maturity: null,
                breaches: ['mean latency is 30 ms, above the limit of 20 ms'],
              },
            },
          ],
          alerts: [],
          states: [],
          retrains: [],
        },
      ],
      pipeline,
      more_alerts: false,
      unseen: [],
    };
    const text = statusReport(overview, NOTHING, NOW_MS);
    expect(text).not.toContain('\u001b');
    expect(text).toContain('a\ufffd[31m b  1        no baseline');
    expect(text).toContain('  operation: mean latency is 30 ms, above the limit of 20 ms\n');
    expect(firingAlerts(overview)).toBe(0);
  });
});

describe('tables', () => {
  it('have columns as wide as their widest cell, and no blanks at the end', () => {
    expect(
      textTable(
        ['A', 'B'],
        [
          ['x', 'long'],
          ['wide', 'y'],
        ],
      ),
    ).toBe('A     B\nx     long\nwide  y\n');
  });

  it('keep a cell on one line', () => {
    expect(oneLine('a\nb\tc\u202ed')).toBe('a b c\ufffdd');
  });
});
