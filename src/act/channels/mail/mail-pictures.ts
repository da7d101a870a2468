import { errorMessage } from '../../../core/errors.ts';
import type { Notification } from '../../../core/jobs.ts';
import type { Log } from '../../../core/log.ts';
import type { Chart, Picture } from '../../charts/chart.ts';
import { chartsOf } from '../../charts/charts-of.ts';

export interface PictureDeps {
  readonly timeZone: string;
  /** Draws one chart. */
  readonly draw: (chart: Chart) => Promise<Picture>;
  readonly count: (what: 'chart_failed') => Promise<void>;
  readonly log: Log;
}

/** The pictures of a notification, drawn one after the other. One that cannot be drawn is left out: the mail matters more. */
export async function drawPictures(notification: Notification, deps: PictureDeps): Promise<Picture[]> {
  const pictures: Picture[] = [];
  for (const chart of chartsOf(notification, deps.timeZone)) {
    try {
      pictures.push(await deps.draw(chart));
    } catch (error) {
      const fields = { chart: chart.kind, incidentId: notification.incidentId, error: errorMessage(error) };
      deps.log.warn(
        { ...fields, reason: 'chart_failed' },
        'a chart could not be drawn; the mail goes without it',
      );
      await deps.count('chart_failed');
    }
  }
  return pictures;
}

/** Drawn when the first mail needs them, once for all recipients. */
export function picturesOnce(notification: Notification, deps: PictureDeps): () => Promise<Picture[]> {
  let drawing: Promise<Picture[]> | null = null;
  return () => (drawing ??= drawPictures(notification, deps));
}
