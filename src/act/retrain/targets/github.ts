import { DAY_MS } from '../../../core/clock.ts';
import { known, listAt, notThere, textAt } from './reading.ts';
import { asText, beside, type Target } from './target.ts';

export const github: Target = {
  /** `POST /repos/<owner>/<repo>/dispatches`. GitHub takes at most ten keys at the top of the payload: this is one. */
  ask: ({ data, params }) => ({
    body: {
      event_type: (params.get('event_type') ?? 'shiftwatch-retrain').slice(0, 100),
      client_payload: { shiftwatch: data },
    },
  }),
};

export const githubWorkflow: Target = {
  /**
   * `POST /repos/<owner>/<repo>/actions/workflows/<file>/dispatches`. Inputs are texts, and GitHub refuses those that the
   * workflow does not declare: it declares one, named `input` here and `shiftwatch` by default, and finds JSON in it.
   */
  ask: ({ data, params }) => ({
    body: {
      ref: params.get('ref') ?? 'main',
      inputs: { [params.get('input') ?? 'shiftwatch']: asText(data) },
    },
  }),
  /**
   * `GET /repos/<owner>/<repo>/actions/workflows/<file>/runs`. A dispatch is answered without the run's number: it is
   * found by its title, which holds the run's id when the workflow says so (`run-name`).
   */
  poll: {
    call: ({ url, requestedAtMs }) => {
      // By day, and one more: the clocks of two machines differ.
      const created = `>=${new Date(requestedAtMs - DAY_MS).toISOString().slice(0, 10)}`;
      const query = { event: 'workflow_dispatch', created, per_page: '50' };
      return { method: 'GET', url: beside(url, /\/dispatches\/?$/, '/runs', query), body: null };
    },
    read: (answer, { runId }) => {
      const run = listAt(answer, 'workflow_runs').find((each) =>
        `${textAt(each, 'display_title')} ${textAt(each, 'name')}`.includes(runId),
      );
      if (run === undefined) return notThere;
      const externalId = textAt(run, 'id');
      if (textAt(run, 'status') !== 'completed') return known('running', { externalId });
      const conclusion = textAt(run, 'conclusion');
      const detail = `${conclusion ?? 'no conclusion'}: ${textAt(run, 'html_url') ?? ''}`;
      return conclusion === 'success'
        ? known('succeeded', { externalId })
        : known('failed', { externalId, detail });
    },
  },
};
