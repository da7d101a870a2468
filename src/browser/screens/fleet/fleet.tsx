import { periodOf } from '../../data/period-of.ts';
import { useCallback, useState } from 'react';
import type { Fleet } from '../../../store/rows/fleet.ts';
import { fleetSentence } from '../../../words/fleet-sentence.ts';
import { useMomentText } from '../../address/moment-text.ts';
import { RibbonKey } from '../../charts/ribbon-key.tsx';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { TimeControl } from '../../frame/time-control.tsx';
import { Problems } from '../../parts/problems.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';
import { FleetControls } from './fleet-controls.tsx';
import { orderInWords, useFleetQuery } from './fleet-request.ts';
import { FleetTable } from './fleet-table.tsx';
import { useFleet } from './use-fleet.ts';
import '../../style/fleet.css';

/** All models, a row each, worst first. */
export function FleetScreen() {
  const { query, problems } = useFleetQuery();
  const [[first, last], setPlaces] = useState<readonly [number, number]>([0, 0]);
  const show = useCallback(
    (from: number, to: number) =>
      setPlaces((now) => (now[0] === from && now[1] === to ? now : ([from, to] as const))),
    [],
  );
  const { asked, at } = useFleet(query, first, last);
  const { data } = asked;
  const isEmpty = data?.models === 0;
  return (
    <>
      <ScreenTitle title="Fleet">
        {isEmpty ? null : <TimeControl period={data === undefined ? null : periodOf(data)} />}
      </ScreenTitle>
      <Problems problems={problems} />
      {data === undefined || isEmpty ? null : <Sentence data={data} />}
      {isEmpty ? null : <FleetControls query={query} data={data} />}
      <Loaded asked={asked}>
        {(fleet) =>
          fleet.models === 0 ? (
            <Empty title="No model is being watched yet." command="shiftwatch init training.csv --write" />
          ) : fleet.total === 0 ? (
            <Empty title="No model fits what is searched for." />
          ) : (
            <>
              <div className="fleet-legend small">
                <span>
                  Order: <strong>{orderInWords(query.sort).text}</strong>
                </span>
                <RibbonKey />
              </div>
              <FleetTable data={fleet} {...{ query, at, show }} isBehind={asked.isLoading} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

function Sentence({ data }: { data: Fleet }) {
  const momentText = useMomentText();
  return <p className="lead">{fleetSentence(data, momentText)}</p>;
}
