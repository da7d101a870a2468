import { VERDICTS } from '../../core/findings.ts';
import { words } from '../../words/page-format.ts';
import { markOf } from '../../words/verdict-mark.ts';

interface VerdictChoiceProps {
  readonly value: string | null;
  readonly choose: (verdict: string | null) => void;
}

/** Which verdict a list is narrowed to. */
export function VerdictChoice({ value, choose }: VerdictChoiceProps) {
  return (
    <label>
      Verdict
      <select value={value ?? ''} onChange={(event) => choose(event.target.value || null)}>
        <option value="">any</option>
        {VERDICTS.map((verdict) => (
          <option key={verdict} value={verdict}>
            {markOf(verdict).name}
          </option>
        ))}
        <option value="no_data">{words('no_data')}</option>
      </select>
    </label>
  );
}
