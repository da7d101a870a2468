import { known, listAt, notThere, textAt } from './reading.ts';
import { asText, beside, type Target } from './target.ts';

const FIELDS = 'builds[number,url,building,result,actions[parameters[name,value]]]{0,50}';

export const jenkins: Target = {
  /**
   * `POST /job/<name>/buildWithParameters` of Jenkins, answered 201. Builds with the same parameters that wait in the queue
   * are one, so a repetition starts nothing while the first waits.
   */
  ask: ({ data }) => ({
    body: new URLSearchParams({
      shiftwatch: asText(data),
      run_id: data.run_id,
      model: data.model,
      model_version: data.model_version,
    }).toString(),
    contentType: 'application/x-www-form-urlencoded',
  }),
  /** `GET /job/<name>/api/json`: the newest builds, of which one was given this `run_id`. A build in the queue is none yet. */
  poll: {
    call: ({ url: asked }) => {
      const url = beside(asked, /\/buildWithParameters\/?$/, '/api/json', { tree: FIELDS });
      return { method: 'GET', url, body: null };
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
  },
};
