import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../src/core/alerts/alert.ts';
import { HOUR_MS } from '../../src/core/clock.ts';
import type { EvaluationSeries } from '../../src/core/evaluation-series.ts';
import { stepAlert } from '../../src/decide/step-alert.ts';
import { joinIncident, stepIncident, type IncidentStep } from '../../src/decide/step-incident.ts';
import { SHIFT_WINDOWS } from './windows.ts';

const letters = fc.constantFrom(...SHIFT_WINDOWS.keys());
const rule = (forWindows: number) => ({ forWindows, remindEveryMs: HOUR_MS });

/** `seen[n]` has the windows of both series in the order in which they were decided. */
const stories = fc.record({
  seen: fc.array(
    fc.tuple(fc.constantFrom<EvaluationSeries[]>('closed', 'matured'), letters).map(([series, letter]) => ({
      series,
      letter,
    })),
    { maxLength: 80 },
  ),
  forWindows: fc.integer({ min: 1, max: 4 }),
});
type Story = typeof stories extends fc.Arbitrary<infer S> ? S : never;

interface Played extends IncidentStep {
  readonly series: EvaluationSeries;
  /** Which incident it was, in the order of their beginnings. */
  readonly of: number | null;
}

/** What the service does with them: a series has an incident of its own until it fires into the one that the other has told of. */
function play({ seen, forWindows }: Story): Played[] {
  const incidents: (Incident | null)[] = [];
  const current = new Map<EvaluationSeries, number>();
  return seen.map(({ series, letter }, hour) => {
    const window = { ...SHIFT_WINDOWS.get(letter)!, id: String(hour), startMs: hour * HOUR_MS };
    const other = series === 'closed' ? 'matured' : 'closed';
    let at = current.get(series) ?? null;
    let step = stepIncident(
      at === null ? null : incidents[at]!,
      series,
      window,
      rule(forWindows),
      hour * HOUR_MS,
    );
    const into = current.get(other) ?? null;
    const known = into === null ? null : incidents[into]!;
    if (step.event.kind === 'firing' && known !== null && known.alert.firedAtMs !== null) {
      step = joinIncident(step, series, known)!;
      at = into;
    }
    if (step.incident === null) return { ...step, series, of: at };
    at ??= incidents.length;
    incidents[at] = step.incident;
    if (step.own.next?.state === 'resolved') current.delete(series);
    else current.set(series, at);
    return { ...step, series, of: at };
  });
}

describe('an incident of two views', () => {
  it('is with one view what that view is', () => {
    fc.assert(
      fc.property(
        fc.array(letters, { maxLength: 40 }),
        fc.integer({ min: 1, max: 4 }),
        (story, forWindows) => {
          let incident: Incident | null = null;
          for (const [hour, letter] of story.entries()) {
            const window = { ...SHIFT_WINDOWS.get(letter)!, id: String(hour), startMs: hour * HOUR_MS };
            const alone = stepAlert(incident?.alert ?? null, window, rule(forWindows), hour);
            const {
              next,
              event,
              notify,
              incident: after,
            } = stepIncident(incident, 'closed', window, rule(forWindows), hour);
            expect({ next, event, notify }).toEqual(alone);
            incident = after?.alert.state === 'resolved' ? null : after;
          }
        },
      ),
    );
  });

  it('is told of once a kind, and its end once, when neither view stands', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const told = new Map<number, Set<string>>();
        for (const { of, notify, next, incident, over = [] } of play(story)) {
          if (of === null || next === null) continue;
          const open = [...(incident?.views.values() ?? [])].some(({ state }) => state !== 'resolved');
          expect(next.state !== 'resolved').toBe(open);
          if (notify === 'firing') {
            const known = told.get(of) ?? new Set();
            expect(next.types.some((type) => !known.has(type))).toBe(true);
            // That it got worse is told by the name of what costs it, and news once that is over.
            told.set(of, new Set(next.toldTypes));
          }
          expect(notify === 'reminder').toBe(over.length > 0);
          if (notify === 'reminder') {
            // What is over was told before, no view has it any more, and it is news when it comes again.
            const known = told.get(of) ?? new Set();
            for (const type of over)
              expect([known.has(type), next.types.includes(type)]).toEqual([true, false]);
            expect(open).toBe(true);
            told.set(of, new Set([...known].filter((type) => !over.some((each) => each === type))));
          }
          if (notify === 'resolved') {
            expect(told.delete(of)).toBe(true);
            expect(open).toBe(false);
          }
          if (next.state === 'resolved') expect(told.has(of)).toBe(false);
        }
      }),
    );
  });

  it('does not tell that the model got worse where the other view has named why', () => {
    const matured = ['c', 'c', 'w'].map((letter) => ({ series: 'matured' as const, letter }));
    const closed = ['c', 'm'].map((letter) => ({ series: 'closed' as const, letter }));
    const seen = [...matured, ...closed, { series: 'matured' as const, letter: 'w' }];
    const told = play({ seen, forWindows: 2 }).map(({ notify, event }) => [notify, event.reason]);
    expect(told.filter(([notify]) => notify !== null)).toEqual([
      ['firing', 'enough_windows'],
      ['firing', 'new_kind_confirmed'],
    ]);
    expect(told.at(-1)?.[0]).toBeNull();
  });

  it('has the verdict of a view that stands, its kinds together, and the beginning that was told', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const since = new Map<number, number>();
        for (const { of, next, incident } of play(story)) {
          if (of === null || next === null || incident === null || next.state === 'resolved') continue;
          const standing = [...incident.views.values()].filter(
            ({ state }) => state === 'firing' || state === 'recovering',
          );
          if (standing.length === 0) continue;
          expect(standing.map(({ verdict }) => verdict)).toContain(next.verdict);
          for (const { types } of standing) expect(next.types).toEqual(expect.arrayContaining([...types]));
          expect(next.state).toBe(standing.some(({ state }) => state === 'firing') ? 'firing' : 'recovering');
          expect(next.sinceMs).toBe(since.get(of) ?? next.sinceMs);
          since.set(of, next.sinceMs);
        }
      }),
    );
  });

  it('reads again as it was when labels show more of what is over', () => {
    const window = (letter: string, id: number) => ({
      ...SHIFT_WINDOWS.get(letter)!,
      id: String(id),
      startMs: id * HOUR_MS,
    });
    const fired = stepIncident(null, 'closed', window('c', 0), rule(1), 0).incident!;
    const over = stepIncident(fired, 'closed', window('.', 1), rule(1), HOUR_MS).incident!;
    expect(over.alert).toMatchObject({ state: 'resolved', resolvedAtMs: HOUR_MS });
    const late = stepIncident(null, 'matured', window('m', 2), rule(1), 2 * HOUR_MS);
    expect(joinIncident(late, 'matured', over)).toMatchObject({
      notify: 'firing',
      event: { kind: 'still_firing', reason: 'labels_show_more' },
      next: {
        state: 'firing',
        firedVerdict: 'covariate_shift',
        verdict: 'mixed',
        sinceMs: 0,
        resolvedAtMs: null,
        toldTypes: ['covariate_shift', 'concept_drift'],
      },
      incident: { lead: 'matured' },
    });
  });
});
