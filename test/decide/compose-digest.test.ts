import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONSEQUENCES } from '../../src/core/alerts/consequence.ts';
import { composeDigest, MAX_DIGEST_LINES } from '../../src/decide/compose-digest.ts';
import { digestEntry, MORNING, resolvedEntry } from './digest-entries.ts';
import { HOUR_MS } from '../../src/core/clock.ts';

describe('a digest', () => {
  it('has one line an incident, that says where it stands', () => {
    const { groups, notifications, incidents } = composeDigest([
      digestEntry({ incidentId: '1' }),
      digestEntry({ incidentId: '2' }),
      resolvedEntry({ incidentId: '2' }),
      digestEntry({ incidentId: '3', kind: 'reminder' }),
      digestEntry({ incidentId: '4', kind: 'reminder' }),
      digestEntry({ incidentId: '4', kind: 'corrected', summary: 'Not so.' }),
      resolvedEntry({ incidentId: '5' }),
    ]);
    expect([notifications, incidents]).toEqual([7, 5]);
    const lines = groups.flatMap((group) => group.lines);
    expect(lines.map(({ incidentId, standing }) => `${incidentId} ${standing}`)).toEqual([
      '1 new',
      '3 open',
      '4 corrected',
      '2 resolved',
      '5 resolved',
    ]);
    expect(lines[2]).toMatchObject({ summary: 'Not so.' });
    expect(lines[3]).toMatchObject({
      summary: 'The inputs have moved: age.',
      types: ['covariate_shift'],
      untilMs: MORNING - 2 * HOUR_MS,
      advice: 'none',
      notifications: 2,
    });
    // Told of in an earlier digest: only what it was called is known.
    expect(lines[4]).toMatchObject({ verdict: 'covariate_shift', types: [] });
  });

  it('groups by model and version, the gravest first', () => {
    const { groups } = composeDigest(
      [
        digestEntry({ incidentId: '1', model: 'calm' }),
        digestEntry({ incidentId: '2', model: 'grave', segment: 'country=DE' }),
        digestEntry({ incidentId: '3', model: 'grave', consequence: 'expected_loss' }),
        digestEntry({ incidentId: '4', model: 'grave', modelVersion: '4' }),
      ],
      new Map([['2', 'data_fault']]),
    );
    expect(groups.map(({ model, modelVersion, lines }) => [model, modelVersion, lines.length])).toEqual([
      ['grave', '3', 2],
      ['calm', '3', 1],
      ['grave', '4', 1],
    ]);
    expect(groups[0]?.lines[1]).toMatchObject({ segment: 'country=DE', pagedFor: 'data_fault' });
  });

  it('tells of every notification exactly once, or counts it among those that are too many', () => {
    const entry = fc
      .record({
        incidentId: fc.integer({ min: 1, max: 60 }).map(String),
        kind: fc.constantFrom('firing', 'reminder', 'resolved', 'corrected'),
        consequence: fc.option(fc.constantFrom(...CONSEQUENCES)),
      })
      .map((rest) => digestEntry({ ...rest, model: `m${Number(rest.incidentId) % 3}` }));
    fc.assert(
      fc.property(fc.array(entry, { maxLength: 120 }), (entries) => {
        const { groups, incidents, moreIncidents, notifications } = composeDigest(entries);
        const lines = groups.flatMap((group) => group.lines);
        const ids = lines.map(({ incidentId }) => incidentId);
        expect(new Set(ids).size).toBe(ids.length);
        expect(lines.length).toBe(Math.min(incidents, MAX_DIGEST_LINES));
        expect(lines.length + moreIncidents).toBe(new Set(entries.map(({ incidentId }) => incidentId)).size);
        expect(notifications).toBe(entries.length);
        for (const line of lines) {
          expect(line.notifications).toBe(
            entries.filter(({ incidentId }) => incidentId === line.incidentId).length,
          );
        }
        if (moreIncidents === 0) {
          expect(lines.reduce((sum, line) => sum + line.notifications, 0)).toBe(entries.length);
        }
      }),
    );
  });
});
