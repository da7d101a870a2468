import type { ModelPerformanceParts } from '../../../store/rows/performance-screen.ts';
import { formatCount, formatNumber, formatShare } from '../../../words/format.ts';
import { words } from '../../../words/page-format.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Panel } from '../../parts/panel.tsx';

type GroupFigures = NonNullable<NonNullable<ModelPerformanceParts['performance']>['groups']>;

/** How each group is treated, beside everyone else. */
export function Groups({ groups }: { groups: GroupFigures }) {
  const rows = groups.flatMap(({ feature, group, labelled, rates }) =>
    Object.entries(rates).map(([rate, figures]) => ({
      group: `${feature}=${group}`,
      labelled,
      rate,
      figures,
    })),
  );
  const share = (value: number | null): string => (value === null ? '–' : formatShare(value));
  return (
    <Panel title="Groups">
      <DataTable
        of="Rates of groups"
        columns={[
          { name: 'Group', cell: ({ group }) => group },
          { name: 'Rate', cell: ({ rate }) => words(rate) },
          { name: 'Labelled', cell: ({ labelled }) => formatCount(labelled), isNumber: true },
          { name: 'This group', cell: ({ figures }) => share(figures.value), isNumber: true },
          { name: 'Everyone else', cell: ({ figures }) => share(figures.others), isNumber: true },
          {
            name: 'p',
            cell: ({ figures }) => (figures.p_value === null ? '–' : formatNumber(figures.p_value)),
            isNumber: true,
          },
        ]}
        rows={rows}
        keyOf={({ group, rate }) => `${group} ${rate}`}
        none="No group has a rate."
      />
    </Panel>
  );
}
