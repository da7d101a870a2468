import { runName } from '../presets/preset.ts';
import { known, type PollTarget, textAt, unheardOf } from './polled.ts';

/** `GET …/dagRuns/<dag_run_id>` of Airflow 2 and 3: the run has the name that it was asked by. */
export const airflow: PollTarget = {
  call: (input) => {
    const url = new URL(input.url);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/${encodeURIComponent(runName(input))}`;
    url.search = '';
    return { method: 'GET', url: url.href, body: null };
  },
  read: (answer) => {
    const state = textAt(answer, 'state');
    const detail = textAt(answer, 'note');
    switch (state) {
      case 'queued':
      case 'running':
        return known('running', { detail });
      case 'success':
        return known('succeeded', { detail });
      case 'failed':
        return known('failed', { detail });
      default:
        return unheardOf(state);
    }
  },
};
