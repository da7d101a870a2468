import { MINUTE_MS } from '../../../core/clock.ts';
import { known, listAt, notThere, type PollTarget, textAt } from './polled.ts';

/** `GET /api/2.2/jobs/runs/list` of one job; a run is known by the job parameter `run_id` that it was given. */
export const databricks: PollTarget = {
  call: ({ url: configured, params, requestedAtMs }) => {
    const url = new URL(configured);
    url.pathname = url.pathname.replace(/\/run-now\/?$/, '/runs/list');
    url.search = '';
    url.searchParams.set('job_id', params.get('job_id') ?? '');
    url.searchParams.set('start_time_from', String(requestedAtMs - 10 * MINUTE_MS));
    url.searchParams.set('limit', '25');
    return { method: 'GET', url: url.href, body: null };
  },
  read: (answer, { runId }) => {
    const run = listAt(answer, 'runs').find((each) =>
      listAt(each, 'job_parameters').some(
        (parameter) => textAt(parameter, 'name') === 'run_id' && textAt(parameter, 'value') === runId,
      ),
    );
    if (run === undefined) return notThere;
    const externalId = textAt(run, 'run_id');
    const life = textAt(run, 'state', 'life_cycle_state');
    const result = textAt(run, 'state', 'result_state');
    if (life === 'INTERNAL_ERROR' || life === 'SKIPPED' || (life === 'TERMINATED' && result !== 'SUCCESS')) {
      const message = textAt(run, 'state', 'state_message') ?? '';
      const detail = message.trim() === '' ? (result ?? life) : message;
      return known('failed', { externalId, detail });
    }
    return known(life === 'TERMINATED' ? 'succeeded' : 'running', { externalId });
  },
};
