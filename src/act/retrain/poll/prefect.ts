import { runName } from '../presets/preset.ts';
import { known, listAt, notThere, type PollTarget, textAt, unheardOf } from './polled.ts';

/** `POST …/api/flow_runs/filter` of Prefect 3, by the name that the flow run was given. */
export const prefect: PollTarget = {
  call: (input) => {
    const url = new URL(input.url);
    url.pathname = url.pathname.replace(/\/deployments\/[^/]+\/create_flow_run\/?$/, '/flow_runs/filter');
    url.search = '';
    const body = { flow_runs: { name: { any_: [runName(input)] } }, limit: 1 };
    return { method: 'POST', url: url.href, body };
  },
  read: (answer) => {
    const [run] = listAt(answer);
    if (run === undefined) return notThere;
    const type = textAt(run, 'state_type') ?? textAt(run, 'state', 'type');
    const said = { externalId: textAt(run, 'id'), detail: textAt(run, 'state', 'message') };
    switch (type) {
      case 'SCHEDULED':
      case 'PENDING':
      case 'RUNNING':
      case 'PAUSED':
      case 'CANCELLING':
        return known('running', said);
      case 'COMPLETED':
        return known('succeeded', said);
      case 'FAILED':
      case 'CRASHED':
      case 'CANCELLED':
        return known('failed', { ...said, detail: said.detail ?? type.toLowerCase() });
      default:
        return unheardOf(type);
    }
  },
};
