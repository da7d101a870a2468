import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertState } from '../../src/core/alerts/alert.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/core/clock.ts';
import { stepAlert, type AlertStep } from '../../src/decide/step-alert.ts';
import { OPERATION_WINDOWS, SHIFT_WINDOWS, SILENCE_WINDOWS } from './windows.ts';

const CAUSES = { shift: SHIFT_WINDOWS, operational: OPERATION_WINDOWS, no_data: SILENCE_WINDOWS };

/** Any sequence of windows of one cause, and any rule, decided hour by hour. */
const stories = fc.constantFrom(...Object.values(CAUSES)).chain((windows) =>
  fc.record({
    windows: fc.constant(windows),
    story: fc.array(fc.constantFrom(...windows.keys()), { maxLength: 60 }).map((letters) => letters.join('')),
    forWindows: fc.integer({ min: 1, max: 5 }),
  }),
);
type Story = typeof stories extends fc.Arbitrary<infer S> ? S : never;

function run({ windows, story, forWindows }: Story): AlertStep[] {
  let alert: AlertState | null = null;
  return Array.from(story, (letter, hour) => {
    const window = { ...windows.get(letter)!, id: String(hour), startMs: hour * HOUR_MS };
    const step = stepAlert(alert, window, { forWindows, remindEveryMs: HOUR_MS }, (hour + 1) * HOUR_MS);
    alert = step.next;
    return step;
  });
}

const countsOf = ({ windows, story }: Pick<Story, 'windows' | 'story'>) =>
  Array.from(story, (letter) => windows.get(letter)!.counts);
const silent = (counts: string): boolean => counts !== 'shifted' && counts !== 'clean';
const told = (steps: readonly AlertStep[]): string[] => steps.flatMap(({ notify }) => notify ?? []);

describe('whatever windows come', () => {
  it('fires only after enough windows in a row that count towards it', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const counts = countsOf(story);
        for (const [at, step] of run(story).entries()) {
          if (step.event.kind !== 'firing') continue;
          const counted = counts.slice(0, at + 1).filter((word) => !silent(word));
          expect(counted.slice(-story.forWindows)).toEqual(
            Array.from({ length: story.forWindows }, () => 'shifted'),
          );
        }
      }),
    );
  });

  it('never tells the same twice: firing names a kind not told before, and an end follows a firing', () => {
    fc.assert(
      fc.property(stories, (story) => {
        let toldKinds = new Set<string>();
        let open = false;
        for (const { notify, next } of run(story)) {
          if (notify === 'firing') {
            const news = (next?.types ?? []).filter((type) => !toldKinds.has(type));
            expect(news).not.toEqual([]);
            for (const type of next?.types ?? []) toldKinds.add(type);
            open = true;
          } else if (notify === 'resolved') {
            expect(open).toBe(true);
            open = false;
            toldKinds = new Set();
          }
        }
      }),
    );
  });

  it('is over after enough clean windows, whatever was before and whatever says nothing in between', () => {
    fc.assert(
      fc.property(stories, fc.array(fc.nat(), { maxLength: 5 }), (story, gaps) => {
        const letterOf = (counts: string): string =>
          [...story.windows].find(([, window]) => window.counts === counts)?.[0] ?? '';
        const quiet = [...story.windows].find(([, { counts }]) => silent(counts))?.[0] ?? '';
        const end = Array.from({ length: story.forWindows }, (_, at) =>
          quiet.repeat((gaps[at] ?? 0) % 3).concat(letterOf('clean')),
        ).join('');
        const last = run({ ...story, story: story.story + end }).at(-1)?.next ?? null;
        expect(last === null || last.state === 'resolved').toBe(true);
      }),
    );
  });

  it('is decided alike with and without the windows that say nothing', () => {
    fc.assert(
      fc.property(stories, (story) => {
        const counted = Array.from(story.story).filter(
          (letter) => !silent(story.windows.get(letter)!.counts),
        );
        const bare = run({ ...story, story: counted.join('') });
        const whole = run(story).filter((_, at) => !silent(countsOf(story)[at] ?? ''));
        expect(whole.map(({ event }) => event)).toEqual(bare.map(({ event }) => event));
        expect(told(whole)).toEqual(told(run(story)));
      }),
    );
  });

  it('gives every step a reason, and changes nothing when a window comes again', () => {
    fc.assert(
      fc.property(stories, (story) => {
        for (const { event, next, notify } of run(story)) {
          expect(event.reason).toMatch(/^[a-z_]+$/);
          if (notify === 'firing')
            expect(next?.nextReminderAtMs).toBe((next?.lastNotifiedAtMs ?? 0) + HOUR_MS + 5 * MINUTE_MS);
          if (next?.state === 'resolved') expect(next.nextReminderAtMs).toBeNull();
          if (next === null || next.state === 'resolved') continue;
          const window = { ...story.windows.values().next().value!, id: next.lastWindowId, startMs: 0 };
          const again = stepAlert(next, window, { forWindows: story.forWindows, remindEveryMs: 0 }, 0);
          expect(again).toEqual({ next, event: { kind: 'none', reason: 'already_counted' }, notify: null });
        }
      }),
    );
  });
});
