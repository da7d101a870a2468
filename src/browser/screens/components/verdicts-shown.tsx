import { VERDICTS } from '../../../core/findings.ts';
import { RIBBON_LOOKS, type RibbonSpan } from '../../../picture/ribbon.ts';
import { contrast, DARK_COLOURS, LIGHT_COLOURS } from '../../../words/tokens.ts';
import { type Mark, markOf, windowMark } from '../../../words/verdict-mark.ts';
import { Ribbon } from '../../charts/ribbon.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { FeatureStatusShown } from '../../parts/feature-status.tsx';
import { Panel } from '../../parts/panel.tsx';
import { MarkShown } from '../../parts/verdict-mark.tsx';
import { SAMPLE_PERIOD } from './sample-data.ts';

interface Shown {
  readonly verdict: RibbonSpan['verdict'];
  readonly mark: Mark;
}

const NO_ROWS = { verdict: 'undetermined', reason: 'no_rows' } as const;
const MARKS: readonly Shown[] = [
  ...VERDICTS.map((verdict) => ({ verdict, mark: markOf(verdict) })),
  { verdict: 'no_data', mark: windowMark({ state: 'closed', verdict: NO_ROWS }) },
  { verdict: 'open', mark: windowMark({ state: 'open', verdict: null }) },
];

const WHOLE = {
  start: new Date(SAMPLE_PERIOD.fromMs).toISOString(),
  end: new Date(SAMPLE_PERIOD.toMs).toISOString(),
};

/** Each verdict with all that tells it: colour, letter, height and pattern, word. */
export function VerdictsShown() {
  return (
    <Panel title="Verdicts">
      <DataTable
        of="Marks of verdicts"
        columns={[
          { name: 'Mark and word', cell: ({ mark }) => <MarkShown mark={mark} /> },
          { name: 'Alone', cell: ({ mark }) => <MarkShown mark={mark} short /> },
          { name: 'Letter', cell: ({ mark }) => mark.letter || 'none' },
          { name: 'Pattern', cell: ({ verdict }) => RIBBON_LOOKS[verdict].pattern },
          {
            name: 'In a ribbon',
            cell: ({ verdict, mark }) => (
              <div className="sample-ribbon">
                <Ribbon
                  spans={[{ ...WHOLE, verdict }]}
                  period={SAMPLE_PERIOD}
                  of={`a sample, ${mark.name}`}
                />
              </div>
            ),
          },
          { name: 'Contrast, light and dark', cell: ({ mark }) => contrastsOf(mark), isNumber: true },
        ]}
        rows={MARKS}
        keyOf={({ verdict }) => verdict}
        none=""
      />
      <h3>How a feature stands</h3>
      <p className="samples">
        <FeatureStatusShown feature={{ status: 'ok', severity: 'none', faults: [] }} />
        <FeatureStatusShown feature={{ status: 'drift', severity: 'info', faults: [] }} />
        <FeatureStatusShown feature={{ status: 'drift', severity: 'warning', faults: [] }} />
        <FeatureStatusShown feature={{ status: 'drift', severity: 'critical', faults: [] }} />
        <FeatureStatusShown feature={{ status: 'fault', severity: 'critical', faults: ['unit_change'] }} />
        <FeatureStatusShown feature={{ status: 'insufficient', severity: 'none', faults: [] }} />
      </p>
    </Panel>
  );
}

function contrastsOf({ style }: Mark): string {
  return [LIGHT_COLOURS, DARK_COLOURS]
    .map((colours) =>
      style === 'waiting'
        ? contrast(colours.soft, colours.card)
        : contrast(colours[`${style}-ink`], colours[style]),
    )
    .map((ratio) => `${ratio.toFixed(1)}:1`)
    .join(', ');
}
