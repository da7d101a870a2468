import type { VerdictDetail } from '../../../store/rows/verdicts.ts';
import { capital, displayText } from '../../../words/display-text.ts';
import { formatNumber, formatP, formatShare } from '../../../words/format.ts';
import { ADVICE_WORDS, FAULT_WORDS, statisticWords, VERDICT_WORDS } from '../../../words/words.ts';
import { minuteText } from '../../address/clock-text.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { Panel } from '../../parts/panel.tsx';
import { VerdictMark } from '../../parts/verdict-mark.tsx';

interface VerdictPanelProps {
  readonly title: string;
  readonly verdict: VerdictDetail | null;
  /** Why there is none. */
  readonly waits: string;
}

/** What was said at one of the two times, on what evidence, and what to do. */
export function VerdictPanel({ title, verdict, waits }: VerdictPanelProps) {
  const { timeZone } = useTimeZone();
  if (verdict === null) {
    return (
      <Panel title={title}>
        <p className="soft">{waits}</p>
      </Panel>
    );
  }
  const { diagnosis } = verdict;
  const advice = ADVICE_WORDS[verdict.advice];
  const revised = verdict.revision > 1 ? `, revision ${verdict.revision}` : '';
  return (
    <Panel title={title} aside={<VerdictMark verdict={verdict.verdict} />}>
      <p className="lead">{displayText(verdict.summary, 1_000)}</p>
      <p className="small soft">
        {formatShare(verdict.confidence)} sure; judged {minuteText(verdict.created_at, timeZone)}
        {revised}
        {verdict.revision_note === null ? '' : `: ${displayText(verdict.revision_note, 400)}`}
      </p>
      {verdict.expected === null ? null : (
        <p>
          <strong>{capital(displayText(verdict.expected.says, 400))}</strong>, says{' '}
          {displayText(verdict.expected.author, 100)}: nobody is told of it.
        </p>
      )}
      {advice === null ? null : (
        <p>
          <strong>{advice.title}.</strong> {advice.text}
        </p>
      )}
      {(diagnosis.readings ?? []).map((reading) => (
        <Reading key={reading.verdict + (reading.feature ?? '')} reading={reading} />
      ))}
      {diagnosis.faults.length === 0 ? null : (
        <ul>
          {diagnosis.faults.map(({ fault, feature, detail, share }) => (
            <li key={fault + feature}>
              <strong>
                {displayText(feature)}: {FAULT_WORDS[fault]}
              </strong>
              , {formatShare(share)} of the rows: {displayText(detail, 400)}
            </li>
          ))}
        </ul>
      )}
      <Evidence evidence={diagnosis.evidence} />
    </Panel>
  );
}

type Diagnosis = VerdictDetail['diagnosis'];

/** One of the explanations that the rows do not decide between. */
function Reading({ reading }: { reading: NonNullable<Diagnosis['readings']>[number] }) {
  const of = reading.feature === undefined ? '' : ` of ${displayText(reading.feature)}`;
  return (
    <div className="reading">
      <strong>
        {VERDICT_WORDS[reading.verdict]}
        {reading.fault === undefined ? '' : ` (${FAULT_WORDS[reading.fault]}${of})`}
      </strong>
      <ul>
        {reading.for.map((line) => (
          <li key={line}>for: {displayText(line, 400)}</li>
        ))}
        {reading.against.map((line) => (
          <li key={line}>against: {displayText(line, 400)}</li>
        ))}
      </ul>
    </div>
  );
}

function Evidence({ evidence }: { evidence: Diagnosis['evidence'] }) {
  if (evidence.length === 0) return null;
  return (
    <details>
      <summary>Evidence ({evidence.length})</summary>
      <div className="scroll" tabIndex={0} role="region" aria-label="Evidence">
        <table>
          <thead>
            <tr>
              <th scope="col">What was found</th>
              <th scope="col">Measured by</th>
              <th scope="col" className="number">
                Value
              </th>
              <th scope="col">p</th>
            </tr>
          </thead>
          <tbody>
            {evidence.map(({ claim, statistic, value, p_value: p }, at) => (
              <tr key={at}>
                <td>{displayText(claim, 300)}</td>
                <td>{statisticWords(statistic)}</td>
                <td className="number">{value === null ? '' : formatNumber(value)}</td>
                <td>{p === null ? '' : formatP(p)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
