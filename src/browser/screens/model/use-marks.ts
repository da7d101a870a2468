import type { ModelMarkers } from '../../../store/rows/model-screen.ts';
import type { AnnotationRow } from '../../../store/rows/annotations.ts';
import { displayText } from '../../../words/display-text.ts';
import type { TimeMark } from '../../charts/time-chart.tsx';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import type { ModelAsked } from './asked.ts';

const LONGEST = 40;

/** Versions first seen, retraining runs, dates that are known of and what people wrote down; charts go without what does not come. */
export function useMarks({ model, url }: Pick<ModelAsked, 'model' | 'url'>): TimeMark[] {
  const { data: markers } = useApi<ModelMarkers>(url('markers', { segment: null, series: null }));
  const { data: annotations } = useApi<{ items: readonly AnnotationRow[] }>(
    apiUrl('/annotations', { model, limit: 100 }),
  );
  const written = (annotations?.items ?? []).map(({ from: at, until, comment }) => ({
    at,
    until,
    text: displayText(`expected: ${comment}`, LONGEST),
  }));
  const happened = (markers?.items ?? []).map(({ at, until, text }) => ({
    at,
    until,
    text: displayText(text, LONGEST),
  }));
  return [...happened, ...written];
}
