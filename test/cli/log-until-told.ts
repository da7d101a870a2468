/** Logs once, and more at its end, which comes when its input ends. */
import { createServiceLog } from '../../src/cli/serve/service-log.ts';
import { hideNothing } from '../../src/core/hide-texts.ts';

const log = createServiceLog(hideNothing);
log.info({}, 'serving');
process.stdin.resume();
process.stdin.once('end', () => {
  for (const part of ['api', 'ingest', 'act']) log.info({ part }, 'stopping');
  process.exit(0);
});
