import type { RetrainRow } from '../../../store/rows/retrains.ts';
import { displayText } from '../../../words/display-text.ts';
import { words } from '../../../words/page-format.ts';
import { modelPath, useAddress } from '../../address/use-address.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Go } from '../../parts/link.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';

interface Runs {
  readonly items: readonly RetrainRow[];
  readonly next_cursor: string | null;
}

/** What was asked of training pipelines, newest first. */
export function RetrainsScreen() {
  const address = useAddress();
  const model = address.get('model');
  const cursor = address.get('cursor');
  const asked = useApi<Runs>(apiUrl('/retrains', { model, cursor, limit: 50 }));
  return (
    <>
      <ScreenTitle title={model === null ? 'Retrains' : `Retrains of ${model}`} />
      <Loaded asked={asked}>
        {({ items, next_cursor: next }) =>
          items.length === 0 ? (
            <Empty
              title="No retraining has been asked for. It is asked for where it helps: of concept drift, a loss of performance, or by schedule."
              command="shiftwatch backtest"
            />
          ) : (
            <Panel title="Runs">
              <DataTable
                of="Retraining runs"
                columns={[
                  {
                    name: 'Asked',
                    cell: (run) => (
                      <Go to={`/retrains/${run.id}`}>
                        <Moment at={run.requested_at} />
                      </Go>
                    ),
                  },
                  {
                    name: 'Model',
                    cell: (run) => <Go to={modelPath(run.model)}>{displayText(run.model, 300)}</Go>,
                  },
                  { name: 'Version', cell: ({ version }) => version },
                  { name: 'Why', cell: ({ trigger, reason }) => `${trigger}: ${words(reason)}` },
                  { name: 'State', cell: (run) => words(run.silent_at === null ? run.state : 'silent') },
                  { name: 'New version', cell: (run) => run.new_version ?? '' },
                  {
                    name: 'Has it helped',
                    cell: ({ outcome }) => (outcome === null ? 'not judged yet' : words(outcome)),
                  },
                ]}
                rows={items}
                keyOf={({ id }) => id}
                none=""
              />
              {next === null ? null : (
                <button type="button" onClick={() => address.set({ cursor: next })}>
                  Older runs
                </button>
              )}
            </Panel>
          )
        }
      </Loaded>
    </>
  );
}
