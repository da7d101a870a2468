/**
 * What the API answers of the store: each row declared once, as a schema, with its type beside it. Queries, pages and
 * commands take the type only, and so do not load the schemas. The OpenAPI document names rows in the order in which they are
 * loaded, that of these lines; those of `rows/deliveries.ts` stand behind what the routes of alerts say, and are not here.
 */
import './rows/findings.ts';
import './rows/operational.ts';

export * from './rows/models.ts';
export * from './rows/windows.ts';
export * from './rows/verdicts.ts';
export * from './rows/alerts.ts';
export * from './rows/annotations.ts';
export * from './rows/retrains.ts';
export * from './rows/dead-letters.ts';
export * from './rows/recipients.ts';
export * from './rows/days.ts';
export * from './rows/pipeline.ts';
export * from './rows/model-screen.ts';
export * from './rows/performance-screen.ts';
export * from './rows/feature-screen.ts';
export * from './rows/inspection.ts';
export * from './rows/fleet.ts';
