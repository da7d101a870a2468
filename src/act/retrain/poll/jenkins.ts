import { known, listAt, notThere, type PollTarget, textAt } from './polled.ts';

const FIELDS = 'builds[number,url,building,result,actions[parameters[name,value]]]{0,50}';

/** `GET /job/<name>/api/json`: the newest builds, of which one was given this `run_id`. A build in the queue is none yet. */
export const jenkins: PollTarget = {
  call: ({ url: configured }) => {
    const url = new URL(configured);
    url.pathname = url.pathname.replace(/\/buildWithParameters\/?$/, '/api/json');
    url.search = '';
    url.searchParams.set('tree', FIELDS);
    return { method: 'GET', url: url.href, body: null };
  },
  read: (answer, { runId }) => {
    const build = listAt(answer, 'builds').find((each) =>
      listAt(each, 'actions')
        .flatMap((action) => listAt(action, 'parameters'))
        .some((given) => textAt(given, 'name') === 'run_id' && textAt(given, 'value') === runId),
    );
    if (build === undefined) return notThere;
    const externalId = textAt(build, 'number');
    const result = textAt(build, 'result');
    if (result === null) return known('running', { externalId });
    return result === 'SUCCESS'
      ? known('succeeded', { externalId })
      : known('failed', { externalId, detail: `${result}: ${textAt(build, 'url') ?? ''}` });
  },
};
