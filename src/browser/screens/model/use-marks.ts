import type { ModelMarkers } from '../../../store/rows/model-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import type { TimeMark } from '../../charts/time-chart.tsx';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import type { ModelAsked } from './asked.ts';

/** What of an annotation is drawn, whatever else is kept of it. */
interface Annotations {
  readonly items: readonly {
    readonly start?: string | null;
    readonly at?: string | null;
    readonly from?: string | null;
    readonly created_at?: string | null;
    readonly comment?: string | null;
    readonly text?: string | null;
  }[];
}

const LONGEST = 40;

/** Versions first seen, retraining runs and what people wrote down; charts go without what does not come. */
export function useMarks({ model, narrowing, url }: ModelAsked): TimeMark[] {
  const { data: markers } = useApi<ModelMarkers>(url('markers', { segment: null, series: null }));
  const { data: annotations } = useApi<Annotations>(
    apiUrl('/annotations', { model, version: narrowing.version }),
  );
  const written = (annotations?.items ?? []).flatMap((each): TimeMark[] => {
    const at = each.start ?? each.from ?? each.at ?? each.created_at ?? null;
    return at === null ? [] : [{ at, text: displayText(each.comment ?? each.text ?? 'note', LONGEST) }];
  });
  const happened = (markers?.items ?? []).map(({ at, text }) => ({ at, text: displayText(text, LONGEST) }));
  return [...happened, ...written];
}
