import { periodOf } from '../../data/period-of.ts';
import type { ModelOverview, ModelRibbon } from '../../../store/rows/model-screen.ts';
import { ApiError } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { ModelScreens } from '../../frame/model-screens.tsx';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { TimeControl } from '../../frame/time-control.tsx';
import { Ribbon } from '../../charts/ribbon.tsx';
import { RibbonKey } from '../../charts/ribbon-key.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';
import { NotFound } from '../not-found.tsx';
import { type ModelAsked, useModelAsked, useModelFacts } from './asked.ts';
import { FeatureTable } from './feature-table.tsx';
import { FeatureSearch, Pickers } from './pickers.tsx';
import { Headline } from './headline.tsx';
import { HeatMap } from './heat-map.tsx';
import { OpenIncidentsOf } from './open-incidents-of.tsx';
import { Quadrants } from './quadrants.tsx';
import { Trends } from './trends.tsx';
import { useMarks } from './use-marks.ts';
import '../../style/model.css';

/** One model: how it stands, and what of it moved when. */
export function Model({ params }: { params: Readonly<Record<string, string>> }) {
  const model = params['model'] ?? '';
  const facts = useModelFacts(model);
  if (facts.error instanceof ApiError && facts.error.status === 404) {
    return <NotFound what={`No model is called "${model}".`} />;
  }
  return (
    <>
      <ScreenTitle title={model}>
        <ModelScreens model={model} />
      </ScreenTitle>
      <Loaded asked={facts}>{(found) => <Known model={model} facts={found} />}</Loaded>
    </>
  );
}

function Known({ model, facts }: { model: string; facts: ModelOverview }) {
  const asked = useModelAsked(model, facts);
  const overview = useApi<ModelOverview>(asked.url('overview'));
  const ribbon = useApi<ModelRibbon>(asked.url('ribbon'));
  const period = ribbon.data === undefined || ribbon.data.size === null ? null : periodOf(ribbon.data);
  return (
    <>
      {asked.problems.map((problem) => (
        <p key={problem} className="failed" role="alert">
          {problem}
        </p>
      ))}
      <Panel title="How it stands">
        <Loaded asked={overview}>{(found) => <Headline overview={found} />}</Loaded>
      </Panel>
      <Pickers facts={facts} asked={asked} />
      <TimeControl period={period} />
      <Panel title="Verdicts">
        <Loaded asked={ribbon}>
          {(found) =>
            found.spans.length === 0 ? (
              <Empty title="There are no windows in this period." command={`shiftwatch status`} />
            ) : (
              <Ribbon spans={found.spans} period={periodOf(found)} of={model} />
            )
          }
        </Loaded>
        <RibbonKey />
      </Panel>
      <Panel title="Open incidents">
        <Loaded asked={overview}>{(found) => <OpenIncidentsOf overview={found} />}</Loaded>
      </Panel>
      <Charts asked={asked} ribbon={ribbon.data?.spans ?? []} />
    </>
  );
}

function Charts({ asked, ribbon }: { asked: ModelAsked; ribbon: ModelRibbon['spans'] }) {
  const marks = useMarks(asked);
  return (
    <>
      <FeatureSearch />
      <HeatMap asked={asked} ribbon={ribbon} marks={marks} />
      <FeatureTable asked={asked} />
      <Quadrants asked={asked} />
      <Trends asked={asked} ribbon={ribbon} marks={marks} />
    </>
  );
}
