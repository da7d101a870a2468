import { describe, expect, it } from 'vitest';
import { TARGETS } from '../../src/act/retrain/targets/by-name.ts';
import { byPaths, type PollPaths } from '../../src/act/retrain/targets/by-paths.ts';
import type { PollInput, Target } from '../../src/act/retrain/targets/target.ts';
import { POLLED_PRESETS } from '../../src/config/schema/channels.ts';

const RUN = '0195815e-7a1b-7c3d-9e4f-1a2b3c4d5e6f';

function input(url: string, params: Readonly<Record<string, string>> = {}): PollInput {
  return {
    runId: RUN,
    externalId: null,
    requestedAtMs: Date.UTC(2026, 2, 10, 12),
    url,
    params: new Map(Object.entries(params)),
  };
}

interface Case {
  readonly preset: string;
  readonly at: PollInput;
  readonly asks: object;
  readonly answers: readonly (readonly [answer: unknown, reading: object])[];
}

const jenkinsBuild = (result: string | null, value = RUN) => ({
  _class: 'hudson.model.FreeStyleBuild',
  number: 41,
  url: 'https://ci.example.org/job/train/41/',
  building: result === null,
  result,
  actions: [
    {},
    {
      parameters: [
        { name: 'model', value: 'm' },
        { name: 'run_id', value },
      ],
    },
  ],
});
const githubRun = (rest: object, id = RUN) => ({
  id: 30433642,
  name: 'Train',
  display_title: `Retrain ${id}`,
  html_url: 'https://github.com/o/r/actions/runs/30433642',
  ...rest,
});
const databricksRun = (state: object, value = RUN) => ({
  job_id: 7,
  run_id: 455644833,
  job_parameters: [{ name: 'run_id', default: '', value }],
  state: { state_message: '', ...state },
});
const prefectRun = (type: string, message = '') => [
  { id: 'f-1', name: `shiftwatch-${RUN}`, state_type: type, state: { type, name: type, message } },
];

const CASES: readonly Case[] = [
  {
    preset: 'airflow',
    at: input('https://airflow.example.org/api/v2/dags/train/dagRuns'),
    asks: {
      method: 'GET',
      url: `https://airflow.example.org/api/v2/dags/train/dagRuns/shiftwatch-${RUN}`,
      body: null,
    },
    answers: [
      [
        { state: 'queued', note: null },
        { kind: 'known', status: 'running' },
      ],
      [{ state: 'running' }, { kind: 'known', status: 'running' }],
      [{ state: 'success' }, { kind: 'known', status: 'succeeded' }],
      [
        { state: 'failed', note: 'no disk' },
        { kind: 'known', status: 'failed', detail: 'no disk' },
      ],
    ],
  },
  {
    preset: 'github-workflow',
    at: input('https://api.github.com/repos/o/r/actions/workflows/train.yml/dispatches'),
    asks: {
      method: 'GET',
      url: 'https://api.github.com/repos/o/r/actions/workflows/train.yml/runs?event=workflow_dispatch&created=%3E%3D2026-03-09&per_page=50',
      body: null,
    },
    answers: [
      [{ total_count: 0, workflow_runs: [] }, { kind: 'unknown' }],
      [
        { workflow_runs: [githubRun({ status: 'completed', conclusion: 'success' }, 'other')] },
        { kind: 'unknown' },
      ],
      [
        { workflow_runs: [githubRun({ status: 'queued', conclusion: null })] },
        { kind: 'known', status: 'running', externalId: '30433642' },
      ],
      [
        { workflow_runs: [githubRun({ status: 'completed', conclusion: 'success' })] },
        { kind: 'known', status: 'succeeded' },
      ],
      [
        { workflow_runs: [githubRun({ status: 'completed', conclusion: 'timed_out' })] },
        {
          kind: 'known',
          status: 'failed',
          detail: 'timed_out: https://github.com/o/r/actions/runs/30433642',
        },
      ],
    ],
  },
  {
    preset: 'prefect',
    at: input('https://prefect.example.org/api/deployments/d-1/create_flow_run'),
    asks: {
      method: 'POST',
      url: 'https://prefect.example.org/api/flow_runs/filter',
      body: { flow_runs: { name: { any_: [`shiftwatch-${RUN}`] } }, limit: 1 },
    },
    answers: [
      [[], { kind: 'unknown' }],
      [prefectRun('SCHEDULED'), { kind: 'known', status: 'running', externalId: 'f-1' }],
      [prefectRun('RUNNING'), { kind: 'known', status: 'running' }],
      [prefectRun('COMPLETED'), { kind: 'known', status: 'succeeded' }],
      [prefectRun('CRASHED', 'out of memory'), { kind: 'known', status: 'failed', detail: 'out of memory' }],
    ],
  },
  {
    preset: 'databricks',
    at: input('https://dbc.example.org/api/2.2/jobs/run-now', { job_id: '7' }),
    asks: {
      method: 'GET',
      url: `https://dbc.example.org/api/2.2/jobs/runs/list?job_id=7&start_time_from=${Date.UTC(2026, 2, 10, 11, 50)}&limit=25`,
      body: null,
    },
    answers: [
      [{ has_more: false }, { kind: 'unknown' }],
      [{ runs: [databricksRun({ life_cycle_state: 'RUNNING' }, 'other')] }, { kind: 'unknown' }],
      [
        { runs: [databricksRun({ life_cycle_state: 'PENDING' })] },
        { kind: 'known', status: 'running', externalId: '455644833' },
      ],
      [
        { runs: [databricksRun({ life_cycle_state: 'TERMINATED', result_state: 'SUCCESS' })] },
        { kind: 'known', status: 'succeeded' },
      ],
      [
        { runs: [databricksRun({ life_cycle_state: 'TERMINATED', result_state: 'TIMEDOUT' })] },
        { kind: 'known', status: 'failed', detail: 'TIMEDOUT' },
      ],
      [
        { runs: [databricksRun({ life_cycle_state: 'INTERNAL_ERROR', state_message: 'no cluster' })] },
        { kind: 'known', status: 'failed', detail: 'no cluster' },
      ],
    ],
  },
  {
    preset: 'jenkins',
    at: input('https://ci.example.org/job/train/buildWithParameters'),
    asks: {
      method: 'GET',
      url: 'https://ci.example.org/job/train/api/json?tree=builds%5Bnumber%2Curl%2Cbuilding%2Cresult%2Cactions%5Bparameters%5Bname%2Cvalue%5D%5D%5D%7B0%2C50%7D',
      body: null,
    },
    answers: [
      [{ builds: [] }, { kind: 'unknown' }],
      [{ builds: [jenkinsBuild('SUCCESS', 'other')] }, { kind: 'unknown' }],
      [{ builds: [jenkinsBuild(null)] }, { kind: 'known', status: 'running', externalId: '41' }],
      [{ builds: [jenkinsBuild('SUCCESS')] }, { kind: 'known', status: 'succeeded' }],
      [
        { builds: [jenkinsBuild('ABORTED')] },
        { kind: 'known', status: 'failed', detail: 'ABORTED: https://ci.example.org/job/train/41/' },
      ],
    ],
  },
];

/** What no target answers, and anybody may. */
const NONSENSE: readonly unknown[] = [
  null,
  1,
  'success',
  [],
  {},
  [null],
  { state: null },
  { state: { type: 'COMPLETED' } },
  { workflow_runs: 'x' },
  { runs: [null, 3] },
  { builds: [{ actions: [null, { parameters: 3 }] }] },
  { __proto__: { state: 'success' } },
];

const POLLED = new Map(
  Object.entries(TARGETS).flatMap(([name, { poll }]: [string, Target]) =>
    poll === undefined ? [] : [[name, poll]],
  ),
);

describe.each(CASES)('asking $preset', ({ preset, at, asks, answers }) => {
  const target = POLLED.get(preset);
  it('asks for the run', () => {
    expect(target?.call(at)).toEqual(asks);
  });
  it.each(answers)('understands %j', (answer, reading) => {
    expect(target?.read(answer, at)).toMatchObject(reading);
  });
  it.each(NONSENSE)('makes nothing of %j', (answer) => {
    expect(target?.read(answer, at)).toMatchObject({ kind: 'unknown' });
  });
});

it('all that the configuration takes are there', () => {
  expect([...POLLED.keys()].toSorted()).toEqual([...POLLED_PRESETS].toSorted());
  expect(CASES.map(({ preset }) => preset).toSorted()).toEqual([...POLLED_PRESETS].toSorted());
});

describe('asking by paths', () => {
  const paths: PollPaths = {
    url: 'https://example.org/runs/{external_id}?of={run_id}',
    statusPath: 'data.0.phase',
    states: { running: ['Running'], succeeded: ['Succeeded', 'true'], failed: ['Failed'] },
    newVersionPath: 'data.0.version',
    detailPath: 'message',
  };
  const at = input('https://example.org/');

  it('puts names where they belong, and nowhere else', () => {
    const target = byPaths(paths);
    expect(target.call(at)).toBeNull();
    expect(target.call({ ...at, externalId: '../../admin?x=1#y' })?.url).toBe(
      `https://example.org/runs/..%2F..%2Fadmin%3Fx%3D1%23y?of=${RUN}`,
    );
    for (const externalId of ['', '.', '..']) expect(target.call({ ...at, externalId })).toBeNull();
    expect(byPaths({ ...paths, url: 'https://example.org/{run_name}' }).call(at)?.url).toBe(
      `https://example.org/shiftwatch-${RUN}`,
    );
  });

  it.each([
    [{ data: [{ phase: 'Running' }] }, { kind: 'known', status: 'running' }],
    [
      { data: [{ phase: 'Succeeded', version: 5 }], message: 'done' },
      { kind: 'known', status: 'succeeded', newVersion: '5', detail: 'done' },
    ],
    [{ data: [{ phase: true }] }, { kind: 'known', status: 'succeeded' }],
    [
      { data: [{ phase: 'Failed', version: { x: 1 } }] },
      { kind: 'known', status: 'failed', newVersion: null },
    ],
    [{ data: [{ phase: 'Odd' }] }, { kind: 'unknown' }],
    [{ data: [] }, { kind: 'unknown' }],
    ['Succeeded', { kind: 'unknown' }],
  ])('reads %j', (answer, reading) => {
    expect(byPaths(paths).read(answer, at)).toMatchObject(reading);
  });

  it('takes any other word for running when no words of that are given', () => {
    const open = byPaths({ ...paths, states: { ...paths.states, running: null } });
    expect(open.read({ data: [{ phase: 'Odd' }] }, at)).toMatchObject({ kind: 'known', status: 'running' });
  });
});
