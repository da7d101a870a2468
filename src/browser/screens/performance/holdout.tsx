import type { ModelPerformanceParts } from '../../../store/rows/performance-screen.ts';
import { formatCount, formatNumber } from '../../../words/format.ts';
import { metricsByName, words } from '../../../words/page-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Panel } from '../../parts/panel.tsx';

type HoldoutFigures = NonNullable<NonNullable<ModelPerformanceParts['performance']>['holdout']>;

/** Rows that the model did not influence, beside those that it did. */
export function Holdout({ holdout: { labelled, metrics } }: { holdout: HoldoutFigures }) {
  const text = (value: number | null): string => (value === null ? '–' : formatNumber(value));
  return (
    <Panel title="Hold-out">
      <p className="small soft">
        {formatCount(labelled.holdout)} rows that the model did not act on, beside{' '}
        {formatCount(labelled.influenced)} that it did.
      </p>
      <DataTable
        of="Hold-out beside influenced rows"
        columns={[
          { name: 'Metric', cell: ({ name }) => words(name) },
          { name: 'Hold-out', cell: ({ figures }) => text(figures.holdout), isNumber: true },
          { name: 'Influenced', cell: ({ figures }) => text(figures.influenced), isNumber: true },
          { name: 'p', cell: ({ figures }) => text(figures.p_value), isNumber: true },
        ]}
        rows={metricsByName(metrics).map(([name, figures]) => ({ name, figures }))}
        keyOf={({ name }) => name}
        none="Nothing was measured of it."
      />
    </Panel>
  );
}
