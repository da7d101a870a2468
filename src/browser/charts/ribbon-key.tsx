import { VERDICTS } from '../../core/findings.ts';
import { VerdictMark } from '../parts/verdict-mark.tsx';

/** What the marks of a ribbon stand for. */
export function RibbonKey() {
  return (
    <ul className="marks-key small" aria-label="Marks of verdicts">
      {VERDICTS.map((verdict) => (
        <li key={verdict}>
          <VerdictMark verdict={verdict} />
        </li>
      ))}
      <li>
        <span className="verdict-mark">
          <span className="chip waiting" aria-hidden>
            ∅
          </span>
          dashed: no data, or still open
        </span>
      </li>
    </ul>
  );
}
