import { DAY_MS } from '../../core/clock.ts';
import { UsageError, UserError } from '../../core/errors.ts';
import { LONGEST_SILENCE_DAYS, type Matcher } from '../../core/alerts/silence.ts';
import { matchersProblem, matcherText, parseMatcher } from '../../decide/match-silence.ts';
import { previewSilence, type SilencedIncident } from '../../pipeline/messages/current-holds.ts';
import { createSilence, expireSilence, listSilences } from '../../store/alerts/silences.ts';
import type { SilenceRow } from '../../store/rows/alerts.ts';
import { endOf } from '../terminal/attention-options.ts';
import { noteCommand } from '../terminal/note-command.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { oneLine, textTable } from '../terminal/text-table.ts';
import { withDatabase } from '../terminal/with-database.ts';

export interface AddSilenceOptions {
  readonly for?: number;
  readonly until?: number;
  readonly starts?: number;
  readonly author: string;
  readonly comment: string;
}

const MOST_LISTED = 500;

export async function addSilence(
  io: OperationsIo,
  texts: readonly string[],
  options: AddSilenceOptions,
): Promise<void> {
  const matchers = readMatchers(texts);
  const nowMs = io.clock.nowMs();
  const startsAtMs = options.starts ?? nowMs;
  const endsAtMs = endOf(options, startsAtMs);
  if (endsAtMs === null) {
    throw new UsageError('a silence needs an end', { fix: 'Say --for 2h, or --until 2026-03-11T08:00:00Z.' });
  }
  assertSpan(startsAtMs, endsAtMs, nowMs);
  const { author, comment } = options;
  const { row, silenced } = await withDatabase(io, async ({ pool }) => {
    const made = await createSilence(pool, { matchers, startsAtMs, endsAtMs, author, comment }, nowMs);
    await noteCommand(io, pool, 'silence.create', made.id);
    return { row: made, silenced: await previewSilence(pool, matchers, nowMs) };
  });
  // Alone on standard output, so that a script can expire it.
  io.print(`${row.id}\n`);
  const from = row.state === 'pending' ? ` from ${row.starts_at}` : '';
  io.say(`Silence ${row.id} is good${from} until ${row.ends_at}.\n${previewText(silenced)}`);
}

export async function showSilences(
  io: OperationsIo,
  { all, json }: { readonly all: boolean; readonly json: boolean },
): Promise<void> {
  const nowMs = io.clock.nowMs();
  const { items } = await withDatabase(io, ({ pool }) =>
    listSilences(pool, {}, nowMs, { limit: MOST_LISTED, after: null }),
  );
  const shown = items.filter(({ state }) => all || state !== 'expired');
  if (json) {
    io.print(`${JSON.stringify(shown, null, 2)}\n`);
  } else if (shown.length === 0) {
    io.say(`There is no silence${all ? '' : ' in force; --all shows those that have ended'}.\n`);
  } else {
    io.print(
      textTable(['ID', 'STATE', 'MATCHERS', 'STARTS', 'ENDS', 'AUTHOR', 'COMMENT'], shown.map(silenceRow)),
    );
  }
}

function silenceRow(row: SilenceRow): string[] {
  const { id, state, matchers, starts_at, ends_at, expired_at, author, comment } = row;
  return [id, state, matchers.map(matcherText).join(' '), starts_at, expired_at ?? ends_at, author, comment];
}

export async function endSilence(io: OperationsIo, id: string, author: string): Promise<void> {
  const nowMs = io.clock.nowMs();
  const ended = /^[1-9]\d{0,17}$/.test(id)
    ? await withDatabase(io, async ({ pool }) => {
        const expired = await expireSilence(pool, id, author, nowMs);
        if (expired !== null) await noteCommand(io, pool, 'silence.expire', id);
        return expired;
      })
    : null;
  if (ended === null) {
    throw new UserError(`there is no silence ${JSON.stringify(id)}`, {
      fix: 'Take the first column of `shiftwatch silence list`.',
    });
  }
  io.say(`Silence ${ended.id} ended at ${ended.expired_at ?? ended.ends_at}.\n`);
}

export async function showPreview(
  io: OperationsIo,
  texts: readonly string[],
  asJson: boolean,
): Promise<void> {
  const matchers = readMatchers(texts);
  const silenced = await withDatabase(io, ({ pool }) => previewSilence(pool, matchers, io.clock.nowMs()));
  if (asJson) io.print(`${JSON.stringify(silenced, null, 2)}\n`);
  else io.print(previewText(silenced));
}

function previewText(silenced: readonly SilencedIncident[]): string {
  if (silenced.length === 0) return 'No open alert fits.\n';
  return silenced.map((incident) => `${previewLine(incident)}\n`).join('');
}

function previewLine({ id, model, version, segment, types, held, features }: SilencedIncident): string {
  const where = segment === '' ? '' : ` [${segment}]`;
  const what = held ? 'nothing is told of it' : `told without ${features.join(', ')}`;
  return oneLine(
    `alert ${id}, ${model} ${version}${where}, ${types.join(' and ').replaceAll('_', ' ')}: ${what}`,
  );
}

function readMatchers(texts: readonly string[]): Matcher[] {
  const matchers = texts.map((text) => {
    const parsed = parseMatcher(text);
    if (parsed.ok) return parsed.value;
    throw new UsageError(parsed.error, {
      fix: "Put quotes around it where the shell would change it: 'feature=~a|b'.",
    });
  });
  const problem = matchersProblem(matchers);
  if (problem !== null)
    throw new UsageError(problem, { fix: "Such as: model=fraud 'feature=~amount|currency'" });
  return matchers;
}

function assertSpan(startsAtMs: number, endsAtMs: number, nowMs: number): void {
  if (endsAtMs <= nowMs || endsAtMs <= startsAtMs) {
    throw new UsageError('the silence would be over before it begins', { fix: 'Choose a later end.' });
  }
  if (endsAtMs - startsAtMs > LONGEST_SILENCE_DAYS * DAY_MS) {
    throw new UsageError(`a silence lasts at most ${LONGEST_SILENCE_DAYS} days`, {
      fix: 'Choose an earlier end; what is never of interest is better left out of the configuration.',
    });
  }
}
