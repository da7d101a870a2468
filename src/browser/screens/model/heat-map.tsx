import { useState } from 'react';
import type { ModelHeatmap, ModelRibbon } from '../../../store/rows/model-screen.ts';
import { useAddress } from '../../address/use-address.ts';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import type { NumberTable } from '../../charts/save-table.ts';
import type { TimeMark } from '../../charts/time-chart.tsx';
import { useApi } from '../../data/use-api.ts';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';
import type { ModelAsked } from './asked.ts';
import { HeatCells } from './heat-cells.tsx';
import { HeatLegend } from './heat-legend.tsx';
import { stateWords } from './heat-words.ts';

interface HeatMapProps {
  readonly asked: ModelAsked;
  readonly ribbon: ModelRibbon['spans'];
  readonly marks: readonly TimeMark[];
}

/** As many as the frame shows, and some; further ones when somebody moves down to them. */
const FIRST_ROWS = 40;
const MOST_ROWS = 500;

/** Features by time: how far each has moved, and where something is wrong with it. */
export function HeatMap({ asked, ribbon, marks }: HeatMapProps) {
  const q = useAddress().get('q');
  const [limit, setLimit] = useState(FIRST_ROWS);
  const url = asked.url('heatmap', { series: null, q, limit });
  const found = useApi<ModelHeatmap>(url);
  // Only what is on its way is not asked for again: fewer may have come than there is room for.
  const showMore = (): void => {
    if (found.data !== undefined && found.data.features.length === limit && limit < found.data.total)
      setLimit(Math.min(MOST_ROWS, 2 * limit));
  };
  return (
    <Panel title="Features over time">
      <Loaded asked={found}>
        {(map) =>
          map.features.length === 0 ? (
            <Empty
              title={
                q === null
                  ? 'No feature was measured in this period.'
                  : 'No feature of that name was measured.'
              }
              command={asked.baselineCommand}
            />
          ) : (
            <ChartFrame
              title="Distance to training by feature and time"
              note={`Jensen–Shannon distance to the training data, 0 to 1. ${map.features.length} of ${map.total} features, the gravest first.`}
              url={url}
              table={numbersOf(map)}
              legend={<HeatLegend />}
            >
              <HeatCells asked={asked} map={map} ribbon={ribbon} marks={marks} showMore={showMore} />
            </ChartFrame>
          )
        }
      </Loaded>
    </Panel>
  );
}

/** Cells of eighty thousand are no table: those that are not as in training, then all where they are few. */
const MOST_NUMBERS = 2_000;

function numbersOf(map: ModelHeatmap): NumberTable {
  const rows = map.features.flatMap(({ name, effects, states }) =>
    map.columns.map(({ start, end }, at) => {
      const effect = effects[at] ?? null;
      const state = states[at] ?? '.';
      return {
        isTelling: state !== 'o' && state !== '.',
        cells: [name, start, end, stateWords(state), effect === null ? null : effect / 1_000],
      };
    }),
  );
  const shown =
    rows.length <= MOST_NUMBERS ? rows : rows.filter(({ isTelling }) => isTelling).slice(0, MOST_NUMBERS);
  return { columns: ['Feature', 'From', 'To', 'State', 'Distance'], rows: shown.map(({ cells }) => cells) };
}
