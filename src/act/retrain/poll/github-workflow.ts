import { DAY_MS } from '../../../core/clock.ts';
import { known, listAt, notThere, type PollTarget, textAt } from './polled.ts';

/**
 * `GET /repos/<owner>/<repo>/actions/workflows/<file>/runs`. A dispatch is answered without the run's number: it is found
 * by its title, which holds the run's id when the workflow says so (`run-name`).
 */
export const githubWorkflow: PollTarget = {
  call: ({ url: configured, requestedAtMs }) => {
    const url = new URL(configured);
    url.pathname = url.pathname.replace(/\/dispatches\/?$/, '/runs');
    url.search = '';
    url.searchParams.set('event', 'workflow_dispatch');
    // By day, and one more: the clocks of two machines differ.
    url.searchParams.set('created', `>=${new Date(requestedAtMs - DAY_MS).toISOString().slice(0, 10)}`);
    url.searchParams.set('per_page', '50');
    return { method: 'GET', url: url.href, body: null };
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
};
