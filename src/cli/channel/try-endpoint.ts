import { UserError } from '../../core/errors.ts';
import type { Result } from '../../core/result.ts';
import type { Trial, TrialRefused } from '../../pipeline/messages/try-endpoint.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { oneLine } from '../terminal/text-table.ts';

/** Prints what would be sent; sends it when asked to, and ends with 1 when it did not arrive. */
export async function runTrials(
  io: OperationsIo,
  trials: Result<Trial[], TrialRefused>,
  asked: { readonly section: string; readonly name: string; readonly send: boolean },
): Promise<void> {
  if (!trials.ok) throw refusal(trials.error, asked);
  for (const [index, trial] of trials.value.entries()) {
    // To all recipients goes the same mail.
    if (index === 0) io.print(trial.shown);
    if (!asked.send) continue;
    const { outcome, status, detail, next } = await trial.send();
    const said = [outcome.replaceAll('_', ' '), status, detail].filter((part) => part !== null).join(' ');
    io.say(`${trial.target}: ${oneLine(said)}\n`);
    if (next !== 'done') io.exitWith(1);
  }
  if (!asked.send) io.say('Nothing was sent; --send does it.\n');
}

function refusal(
  { reason, known, suggestion }: TrialRefused,
  { section, name }: { readonly section: string; readonly name: string },
): UserError {
  switch (reason) {
    case 'unknown_name': {
      const list = known.length === 0 ? `\`${section}\` is empty` : `known: ${known.join(', ')}`;
      const fix = suggestion === null ? `${list}.` : `Did you mean ${suggestion}?`;
      return new UserError(`nothing under \`${section}\` is called ${name}`, { fix });
    }
    case 'no_smtp':
      return new UserError('mail needs a server', { fix: 'Add `smtp: { url, from }`.' });
    case 'invalid_secret':
    case 'not_for_channel':
      return new UserError(`${section}.${name} cannot be used: ${reason.replaceAll('_', ' ')}`, {
        fix: '`shiftwatch config check` looks at the whole file.',
      });
  }
}
