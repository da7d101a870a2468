import type { ReactNode } from 'react';
import { ApiError } from '../../data/fetch-json.ts';
import type { Asked } from '../../data/use-api.ts';
import { type Column, DataTable } from '../../parts/data-table.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Problems } from '../../parts/problems.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';
import { HOSTILE_NAME, LONG_NAME } from './sample-data.ts';

type Row = readonly [name: string, rows: number];

const REFUSED = new ApiError(404, 'Not found', 'There is no model “credit-risk”.');
const STATES: readonly (readonly [name: string, answer: Partial<Asked<string>>])[] = [
  ['Loading', { isLoading: true }],
  ['The server is away', { error: new TypeError('Failed to fetch') }],
  ['The server refuses', { error: REFUSED }],
  ['What was there before, and a failure', { data: 'Seen before.', error: REFUSED }],
  ['There', { data: 'What was asked for.' }],
];
const COLUMNS: readonly Column<Row>[] = [
  { name: 'Feature', cell: ([name]) => name },
  { name: 'Rows', cell: ([, rows]) => rows.toLocaleString('en-US'), isNumber: true },
];
const TABLES: readonly (readonly [name: string, rows: readonly Row[]])[] = [
  ['No rows', []],
  ['One row', [['age', 1]]],
  [
    'Long and strange names',
    [
      [LONG_NAME, 12_000],
      [HOSTILE_NAME, 3],
    ],
  ],
  ['Many rows', Array.from({ length: 12 }, (_, at) => [`feature_${at}`, at * 1_234] as const)],
];

/** What a panel shows before it knows, when it cannot know, and when there is nothing. */
export function StatesShown() {
  return (
    <>
      <Panel title="States of a panel">
        <div className="columns">
          {STATES.map(([name, answer]) => (
            <Sample key={name} name={name}>
              <Loaded asked={askedOf(answer)}>{(text) => <p>{text}</p>}</Loaded>
            </Sample>
          ))}
          <Sample name="Empty, with what to do">
            <Empty title="No model is being watched yet." command="shiftwatch init training.csv --write" />
          </Sample>
          <Sample name="Empty, with words">
            <Empty title="No model fits what is searched for.">
              <p>Take a filter away.</p>
            </Empty>
          </Sample>
          <Sample name="An address that is not understood">
            <Problems
              problems={['The address has “sort=size”, which says nothing here: the worst come first.']}
            />
          </Sample>
        </div>
      </Panel>
      <Panel title="Tables">
        {TABLES.map(([name, rows]) => (
          <Sample key={name} name={name}>
            <DataTable of={name} columns={COLUMNS} rows={rows} keyOf={([key]) => key} none="Nothing moved." />
          </Sample>
        ))}
      </Panel>
    </>
  );
}

function Sample({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="sample">
      <h3>{name}</h3>
      {children}
    </div>
  );
}

function askedOf(answer: Partial<Asked<string>>): Asked<string> {
  return { url: '', data: undefined, error: undefined, isLoading: false, again: () => {}, ...answer };
}
