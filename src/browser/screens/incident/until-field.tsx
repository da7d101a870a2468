import { useState } from 'react';
import { DAY_MS, HOUR_MS } from '../../../core/clock.ts';
import { fieldOfMoment, minuteText } from '../../address/clock-text.ts';
import { momentOfField, useTimeZone } from '../../address/time-zone.ts';

interface Choice {
  readonly name: string;
  /** From now; null: a moment of its own. */
  readonly untilMs: (nowMs: number, timeZone: string) => number;
}

const CHOICES = {
  '2h': { name: '2 hours', untilMs: (nowMs) => nowMs + 2 * HOUR_MS },
  '8h': { name: '8 hours', untilMs: (nowMs) => nowMs + 8 * HOUR_MS },
  morning: { name: 'until tomorrow 08:00', untilMs: tomorrowAtEight },
  '1d': { name: '1 day', untilMs: (nowMs) => nowMs + DAY_MS },
  '7d': { name: '7 days', untilMs: (nowMs) => nowMs + 7 * DAY_MS },
} as const satisfies Record<string, Choice>;

type ChoiceName = keyof typeof CHOICES;

/** Until when: one of some usual spans, or a time of its own, read as times are shown. */
export function UntilField({ choices, label }: { choices: readonly ChoiceName[]; label: string }) {
  const { timeZone, name } = useTimeZone();
  const [chosen, choose] = useState<string>(choices[0] ?? 'own');
  return (
    <>
      <label>
        <span>{label}</span>
        <select name="span" value={chosen} onChange={(event) => choose(event.currentTarget.value)}>
          {choices.map((each) => (
            <option key={each} value={each}>
              {CHOICES[each].name}
              {each === 'morning' ? ` ${name}` : ''}
            </option>
          ))}
          <option value="own">another time</option>
        </select>
      </label>
      {chosen === 'own' ? (
        <label>
          <span>Until ({name})</span>
          <input
            name="until"
            type="datetime-local"
            required
            defaultValue={fieldOfMoment(Date.now() + DAY_MS, timeZone)}
          />
        </label>
      ) : null}
    </>
  );
}

/** What was chosen, counted from now. @throws where a time of its own cannot be read */
export function untilOf(form: FormData, timeZone: string): string {
  const span = form.get('span');
  const choice = Object.entries(CHOICES).find(([name]) => name === span)?.[1];
  const ms =
    choice === undefined ? momentOfField(form.get('until'), timeZone) : choice.untilMs(Date.now(), timeZone);
  if (ms === null) throw new Error('Give a date and a time.');
  return new Date(ms).toISOString();
}

function tomorrowAtEight(nowMs: number, timeZone: string): number {
  const day = minuteText(nowMs + DAY_MS, timeZone).slice(0, 10);
  return momentOfField(`${day}T08:00`, timeZone) ?? nowMs + DAY_MS;
}
