import type { Matcher } from '../../../core/alerts/silence.ts';
import type { AlertRow, SilenceRow } from '../../../store/rows/alerts.ts';
import type { AnnotationRow } from '../../../store/rows/annotations.ts';
import { apiUrl, send } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { TakeBack } from './deed.tsx';

interface Page<Row> {
  readonly items: readonly Row[];
}

interface Props {
  readonly alert: AlertRow;
  readonly tell: (text: string) => void;
}

interface SilenceOf extends SilenceRow {
  /** False: it is of some of the kinds and features of such incidents, and this one shows others by now. */
  readonly holds: boolean;
}

/** The silences that hold it back now, and those of its rows that may have held it back when it showed something else. */
export function useSilencesOf(alert: AlertRow): readonly SilenceOf[] {
  const { data } = useApi<Page<SilenceRow>>(apiUrl('/silences', { state: 'active', limit: 100 }));
  return (data?.items ?? []).flatMap((silence) => {
    const wrong = silence.matchers.filter((matcher) => !fits(matcher, alert));
    if (!namesModel(silence, alert) && wrong.length > 0) return [];
    return wrong.every(({ name }) => CHANGING.has(name)) ? [{ ...silence, holds: wrong.length === 0 }] : [];
  });
}

/** What an incident shows changes while it lasts; of which rows it is does not. */
const CHANGING: ReadonlySet<Matcher['name']> = new Set(['kind', 'feature']);

const namesModel = ({ matchers }: SilenceRow, { model }: AlertRow): boolean =>
  matchers.some(({ name, operator, value }) => name === 'model' && operator === '=' && value === model);

/** What was said to be expected of it, while that is in force. */
export function useExpectation({ id, model, closed }: AlertRow): AnnotationRow | null {
  const isAsked = closed?.expected === true;
  const { data } = useApi<Page<AnnotationRow>>(
    isAsked ? apiUrl('/annotations', { model, limit: 100 }) : null,
  );
  if (!isAsked) return null;
  return data?.items.find(({ alert_id: of, removed_at: removed }) => of === id && removed === null) ?? null;
}

/** A button for each silence that ends it. */
export function Silences({ alert, tell }: Props) {
  const silences = useSilencesOf(alert);
  return silences.map(({ id }) => (
    <TakeBack
      key={id}
      name={silences.length === 1 ? 'End silence' : `End silence ${id}`}
      act={() => send('DELETE', `/silences/${id}`)}
      tell={tell}
      told="The silence has ended; what it held back and still stands is told."
    />
  ));
}

/** The button that takes back that it was expected. */
export function Expectation({ alert, tell }: Props) {
  const expectation = useExpectation(alert);
  return expectation === null ? null : (
    <TakeBack
      name="Not expected after all"
      act={() => send('DELETE', `/annotations/${expectation.id}`)}
      tell={tell}
      told="Taken back: what shows the same again is told."
    />
  );
}

/** Of a name that it has several of, one that fits is enough, and none may where it must not. */
function fits({ name, operator, value }: Matcher, alert: AlertRow): boolean {
  const { model, version, segment, types, subjects } = alert;
  const values: readonly string[] = {
    model: [model],
    version: [version],
    segment: [segment],
    kind: types,
    feature: subjects,
  }[name];
  const isOne = values.some((each) => (operator.includes('~') ? fitsPattern(value, each) : each === value));
  return operator.startsWith('!') ? !isOne : isOne;
}

/** A pattern of RE2 that this browser cannot read is taken not to fit. */
function fitsPattern(pattern: string, text: string): boolean {
  try {
    return new RegExp(`^(?:${pattern})$`, 'su').test(text);
  } catch {
    return false;
  }
}
