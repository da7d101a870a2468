import type { FeatureComparison } from '../../../core/findings.ts';
import type { Investigation } from '../../../store/rows/investigations.ts';
import { capital, displayText } from '../../../words/display-text.ts';
import { formatNumber, formatP } from '../../../words/format.ts';
import { FAULT_WORDS, statisticWords } from '../../../words/words.ts';
import { Moment } from '../../parts/moment.tsx';
import { binsOf, EvidencePicture } from './evidence-picture.tsx';
import type { EvidenceGroup } from './group-evidence.ts';
import { howItMoved } from './how-it-moved.ts';

/** What was found in words, its picture beside it, and its statistics for those who want them. */
export function EvidenceGroupShown({
  group,
  data,
  url,
}: {
  group: EvidenceGroup;
  data: Investigation;
  url: string;
}) {
  if (group.of === 'nothing') {
    return (
      <div className="evidence alone">
        <h3>Besides</h3>
        <Lines lines={group.lines} />
        <Statistics group={group} />
      </div>
    );
  }
  return (
    <div className="evidence">
      <div>
        {group.of === 'feature' ? <OfFeature feature={group.feature} data={data} /> : null}
        <Lines lines={group.lines.filter((line) => !isLead(line.says, group))} />
        <Statistics group={group} />
      </div>
      <EvidencePicture group={group} data={data} url={url} />
    </div>
  );
}

/** What the sentence above the lines says better. */
function isLead(says: string, group: EvidenceGroup): boolean {
  return group.of === 'feature' && [`${group.feature.name} moved`, group.feature.name].includes(says);
}

function Lines({ lines }: { lines: EvidenceGroup['lines'] }) {
  return lines.length === 0 ? null : (
    <ul className="evidence-lines">
      {lines.map(({ says }, at) => (
        <li key={at}>{displayText(says, 300)}</li>
      ))}
    </ul>
  );
}

/** Its fault, or how far it moved and where to. */
function OfFeature({ feature, data: { verdict } }: { feature: FeatureComparison; data: Investigation }) {
  const faults = (verdict?.diagnosis.faults ?? []).filter((each) => each.feature === feature.name);
  const { how, where } = howItMoved(feature, binsOf(feature));
  return (
    <>
      <p className="evidence-lead">
        <strong>{displayText(feature.name, 80)}</strong>{' '}
        {faults.length === 0 ? how : faults.map(({ fault }) => FAULT_WORDS[fault]).join(', ')}
        {where === null ? '.' : `: ${where}.`}
      </p>
      {faults.map(({ fault, since }) =>
        // Of one that is as old as the window nothing more is known than when the window begins.
        since === undefined || since.slice(0, 16) === verdict?.start.slice(0, 16) ? null : (
          <p key={fault} className="small soft">
            {capital(FAULT_WORDS[fault])} within that window: from <Moment at={since} /> on.
          </p>
        ),
      )}
    </>
  );
}

type Statistic = readonly [name: string, value: number | null, p: number | null];

function Statistics({ group }: { group: EvidenceGroup }) {
  const found = statisticsOf(group);
  return found.length === 0 ? null : (
    <details className="numbers">
      <summary>More statistics</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Statistic</th>
            <th scope="col" className="number">
              Value
            </th>
            <th scope="col">p</th>
          </tr>
        </thead>
        <tbody>
          {found.map(([name, value, p], at) => (
            <tr key={at}>
              <td>{name}</td>
              <td className="number">{value === null ? '' : formatNumber(value)}</td>
              <td>{p === null ? '' : formatP(p).replace(/^p (?:= )?/, '')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

/** Of the lines, and of a feature all that were computed. */
function statisticsOf(group: EvidenceGroup): Statistic[] {
  const ofLines = group.lines
    .filter(({ value, p_value: p }) => value !== null || p !== null)
    .map(({ statistic, value, p_value: p }): Statistic => [statisticWords(statistic), value, p]);
  if (group.of !== 'feature') return ofLines;
  const { metrics, p_value: p, q_value: q } = group.feature;
  const named = new Set(ofLines.map(([name]) => name));
  const ofFeature = Object.entries(metrics).flatMap(([key, figure]: [string, unknown]): Statistic[] => {
    const name = statisticWords(key);
    if (named.has(name)) return [];
    if (typeof figure === 'number') return [[name, figure, null]];
    return isTest(figure) ? [[name, figure.statistic, figure.p_value]] : [];
  });
  return [...ofLines, ...ofFeature, ['its change as a whole', null, p], ['q, among all features', q, null]];
}

function isTest(figure: unknown): figure is { readonly statistic: number; readonly p_value: number } {
  return typeof figure === 'object' && figure !== null && 'statistic' in figure && 'p_value' in figure;
}
