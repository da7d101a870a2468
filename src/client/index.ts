/** The client for programs in TypeScript and JavaScript: `import { Client } from 'shiftwatch/client'`. */
export { Client, type ClientOptions, type ListQuery, ShiftFound } from './client.ts';
export type { ClientEvent, LoggedLabel, LoggedPrediction } from './client-events.ts';
export type { EventCounts, OnDrop } from './event-queue.ts';
export { inHoldout } from './holdout.ts';
export { ApiError } from './service.ts';
export type { VerdictAnswer } from './verdict-filter.ts';
