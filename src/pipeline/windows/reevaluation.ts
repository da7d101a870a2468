import { HOUR_MS } from '../../core/clock.ts';

/** A closed window that late rows or labels reach is evaluated again, at most once in this time. */
export const REEVALUATE_AFTER_MS = HOUR_MS;
