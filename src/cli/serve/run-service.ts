import { setTimeout as sleep } from 'node:timers/promises';
import { secretTexts } from '../../config/mask-secrets.ts';
import { configNotices } from '../../config/notices.ts';
import type { Config } from '../../config/resolve.ts';
import { hideTexts } from '../../core/hide-texts.ts';
import { startService } from '../../main.ts';
import type { Role } from '../../pipeline.ts';
import { createServiceLog } from './service-log.ts';
import { untilAskedToStop } from '../terminal/until-asked-to-stop.ts';

export interface RunOptions {
  readonly config: Config;
  readonly roles: ReadonlySet<Role>;
  say(text: string): void;
}

const LOOK_EVERY_MS = 2_000;
/** After this the process ends whatever still runs: everything it holds is stored or will be read again. */
const STOP_WITHIN_MS = 9_500;

/** Runs until asked to stop, or until a part is dead for good: then with an error, for a supervisor to restart. */
export async function runService({ config, roles, say }: RunOptions): Promise<0 | 1> {
  const log = createServiceLog(hideTexts(secretTexts(config)));
  for (const notice of configNotices(config)) log.warn({}, notice);
  const stopAsked = untilAskedToStop();
  const service = await startService({ config, roles, log });
  if (service.apiUrl !== null) say(`shiftwatch is up: ${service.apiUrl}\n`);
  log.info({ roles: [...roles], models: config.models.map((model) => model.name) }, 'serving');
  const failure = await Promise.race([stopAsked, untilFailure(service.failure)]);
  if (failure === null) log.info({}, 'stopping');
  else log.fatal({ reason: failure }, 'a part of the service is dead for good');
  // Also after a stop that gave up on something: a socket to a broker that is silent would keep the process.
  setTimeout(() => process.exit(failure === null ? 0 : 1), STOP_WITHIN_MS).unref();
  await service.stop();
  return failure === null ? 0 : 1;
}

async function untilFailure(failure: () => string | null): Promise<string> {
  for (;;) {
    await sleep(LOOK_EVERY_MS, undefined, { ref: false });
    const reason = failure();
    if (reason !== null) return reason;
  }
}
