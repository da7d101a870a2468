import type { Notification } from '../../core/jobs.ts';
import { judgedRows } from '../message/finding-content.ts';
import { rankedFeatures } from '../message/moved-features.ts';
import type { Chart } from './chart.ts';
import { distributionChart } from './distribution-chart.ts';
import { timelineChart } from './timeline-chart.ts';

/** Pictures of features in one mail; the rest is words. */
const MOST_FEATURES = 2;

/** What of a notification is worth a picture: how its leading figure came here, and the features that moved most. */
export function chartsOf(notification: Notification, timeZone: string): Chart[] {
  if (notification.about !== 'incident') return [];
  const { kind, features, timeline, sinceMs } = notification;
  const rows = judgedRows(notification.judged);
  const course = timelineChart(timeline, sinceMs, timeZone);
  const moved = kind === 'resolved' ? [] : rankedFeatures(features);
  const distributions = moved
    .flatMap((feature) => distributionChart(feature, rows) ?? [])
    .slice(0, MOST_FEATURES);
  return [...(course === null ? [] : [course]), ...distributions];
}
