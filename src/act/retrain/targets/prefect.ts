import { byWord, listAt, notThere, textAt } from './reading.ts';
import { beside, runName, type Target } from './target.ts';

const STATES = {
  running: ['SCHEDULED', 'PENDING', 'RUNNING', 'PAUSED', 'CANCELLING'],
  succeeded: ['COMPLETED'],
  failed: ['FAILED', 'CRASHED', 'CANCELLED'],
};

export const prefect: Target = {
  /** `POST /api/deployments/<id>/create_flow_run` of Prefect 3; the flow takes one parameter, `shiftwatch`. */
  ask: ({ request, data, deliveryId }) => ({
    body: {
      name: runName(request),
      parameters: { shiftwatch: data },
      idempotency_key: deliveryId,
      tags: ['shiftwatch', data.model],
    },
  }),
  /** `POST …/api/flow_runs/filter` of Prefect 3, by the name that the flow run was given. */
  poll: {
    call: (input) => {
      const url = beside(input.url, /\/deployments\/[^/]+\/create_flow_run\/?$/, '/flow_runs/filter');
      const body = { flow_runs: { name: { any_: [runName(input)] } }, limit: 1 };
      return { method: 'POST', url, body };
    },
    read: (answer) => {
      const [run] = listAt(answer);
      if (run === undefined) return notThere;
      const type = textAt(run, 'state_type') ?? textAt(run, 'state', 'type');
      const detail = textAt(run, 'state', 'message');
      const isFailed = type !== null && STATES.failed.includes(type);
      const said = {
        externalId: textAt(run, 'id'),
        detail: isFailed ? (detail ?? type.toLowerCase()) : detail,
      };
      return byWord(type, STATES, said);
    },
  },
};
