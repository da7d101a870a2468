import type { Matcher } from '../../../core/alerts/silence.ts';
import type { AlertRow } from '../../../store/rows/alerts.ts';
import { displayText } from '../../../words/display-text.ts';

interface Offered {
  readonly matcher: Matcher;
  readonly isChosen: boolean;
}

const MOST_FEATURES = 4;

/** Which incidents are silenced: all that is chosen has to fit. */
export function SilenceFields({ alert }: { alert: AlertRow }) {
  return (
    <fieldset>
      <legend>Silence what fits all of</legend>
      {offered(alert).map(({ matcher: { name, operator, value }, isChosen }, at) => (
        <label key={name + value} className="choice">
          <input type="checkbox" name="matcher" value={at} defaultChecked={isChosen} />
          <span>
            {name} {operator} {displayText(value, 100)}
          </span>
        </label>
      ))}
    </fieldset>
  );
}

/** @throws where nothing was chosen */
export function matchersOf(form: FormData, alert: AlertRow): Matcher[] {
  const chosen = new Set(form.getAll('matcher'));
  const matchers = offered(alert).flatMap(({ matcher }, at) => (chosen.has(String(at)) ? [matcher] : []));
  if (matchers.length === 0) throw new Error('Choose at least one.');
  return matchers;
}

/** Kinds are words of ours, features names of the log. */
function offered({ model, types, version, segment, cause, subjects }: AlertRow): Offered[] {
  const kinds: Matcher[] =
    types.length === 0
      ? []
      : [{ name: 'kind', operator: types.length === 1 ? '=' : '=~', value: types.join('|') }];
  const features = cause === 'shift' ? subjects.slice(0, MOST_FEATURES) : [];
  return [
    { matcher: { name: 'model', operator: '=', value: model }, isChosen: true },
    ...kinds.map((matcher) => ({ matcher, isChosen: true })),
    ...(segment === ''
      ? []
      : [{ matcher: { name: 'segment', operator: '=', value: segment } as const, isChosen: true }]),
    { matcher: { name: 'version', operator: '=', value: version }, isChosen: false },
    ...features.map((value) => ({
      matcher: { name: 'feature', operator: '=', value } as const,
      isChosen: false,
    })),
  ];
}
