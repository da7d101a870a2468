/** Hours in which nobody is to be told anything, as the configuration has them. What is given has to fit together. */
export interface MuteSchedule {
  readonly name: string;
  /** 1 is Monday, 7 Sunday. Null: every day. */
  readonly days: readonly number[] | null;
  /** Null: every date. */
  readonly dates: readonly DateSpan[] | null;
  /** Minutes of the wall clock; an end that is not after the start is the next day's. Null: the whole day. */
  readonly hours: { readonly fromMinute: number; readonly toMinute: number } | null;
  readonly timeZone: string;
}

/** Something known that windows may lie in: a holiday, a sale, the Olympics. */
export interface CalendarEvent extends MuteSchedule {
  /** Inputs and class shares that moved meanwhile are no news. */
  readonly explains: boolean;
}

/** First and last day, both included; without a year in every year. */
export interface DateSpan {
  readonly from: CalendarDay;
  readonly to: CalendarDay;
}

export interface CalendarDay {
  readonly year: number | null;
  readonly month: number;
  readonly day: number;
}
