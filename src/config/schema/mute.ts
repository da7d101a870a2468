import { z } from 'zod';
import { isTimezone } from '../timezone.ts';
import { open } from './shown.ts';
import { referenceName } from './values.ts';

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

const DAY = WEEKDAYS.join('|');
export const DAYS_PATTERN = new RegExp(`^(${DAY})(?:-(${DAY}))?$`);
const CLOCK_PATTERN = /^(?:([01]\d|2[0-3]):([0-5]\d)|24:00)$/;
export const DATES_PATTERN = /^((?:\d{4}-)?\d{2}-\d{2})(?:\.\.((?:\d{4}-)?\d{2}-\d{2}))?$/;

const clockTime = open(
  z
    .string({ error: 'expected a time of day in quotes, such as "22:00"' })
    .regex(CLOCK_PATTERN, { error: 'expected a time of day such as "22:00", at most "24:00"' }),
);

export const timezone = open(
  z
    .string()
    .refine(isTimezone, { error: 'expected a time zone of the IANA list, such as UTC or Europe/Berlin' }),
);

/** Hours in which nobody is told anything. What is given has to fit together. */
export const muteSchema = z.strictObject({
  name: referenceName.meta({ description: 'named where a message is held back' }),
  days: z
    .array(
      open(
        z
          .string()
          .regex(DAYS_PATTERN, { error: `expected a day (${WEEKDAYS.join(', ')}) or days such as mon-fri` }),
      ),
    )
    .min(1)
    .optional()
    .meta({ description: '`mon` … `sun`, and stretches such as `mon-fri`; absent: every day' }),
  dates: z
    .array(
      open(
        z.string().regex(DATES_PATTERN, {
          error: 'expected a date such as 2026-12-24 or, for every year, 12-24; or two of them: 12-24..01-02',
        }),
      ),
    )
    .min(1)
    .optional()
    .meta({
      description:
        '`2026-12-24`, in every year `12-24`, and stretches such as `12-24..01-02`, both ends included; absent: every date',
    }),
  from: clockTime
    .optional()
    .meta({ description: 'time of day such as `"22:00"`, in quotes; absent with `to`: the whole day' }),
  to: clockTime.optional().meta({ description: 'an end before the start is the next day’s' }),
  timezone: timezone.optional().meta({ description: 'absent: the `timezone` of the file' }),
});
/** Shown to people as it is, in a sentence. */
const isOneLine = (text: string): boolean => text.trim() === text && !/[\p{C}\p{Zl}\p{Zp}]/u.test(text);

const eventName = open(
  z
    .string()
    .min(1)
    .max(80)
    .refine(isOneLine, { error: 'expected a name on one line, such as "Black Friday"' }),
);

/** Dates or hours of which something is known. */
export const calendarSchema = muteSchema.extend({
  name: eventName,
  explains: z
    .boolean()
    .default(false)
    .meta({ description: 'whether inputs and class shares that moved meanwhile are no news' }),
});
export type CalendarEntry = z.output<typeof calendarSchema>;
export type MuteEntry = z.output<typeof muteSchema>;
