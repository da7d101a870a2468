import { ago, plural, wholeNumber } from '../../words/page-format.ts';
import type { LogIncidentRow } from '../../store/read-models/log-incidents.ts';
import type { NoticeRow, PipelineFacts, SurplusRow } from '../../store/read-models/pipeline.ts';
import { type DoctorFinding, failure, fine, warning } from './finding.ts';
import { oneLine } from '../terminal/text-table.ts';

/** Event types of which more or less was read than has ended somewhere. */
export function unaccountedEvents({ conservation }: Pick<PipelineFacts, 'conservation'>): string[] {
  return conservation
    .filter((row) => row.unaccounted !== 0)
    .map(
      (row) =>
        `FAULT: ${oneLine(row.event_type)} events: ${wholeNumber(row.read)} were read, and ` +
        (row.unaccounted > 0
          ? `of ${wholeNumber(row.unaccounted)} nobody knows where they ended`
          : `${wholeNumber(-row.unaccounted)} more have ended somewhere`),
    );
}

/**
 * Sources whose timestamps came as numbers of several units in the last week: each is read right, and its producers
 * disagree.
 *
 * For example: 'Units: timestamps of kafka:ml.predictions come in ms (1,200) and s (3)'
 */
export function mixedUnits({ notices }: Pick<PipelineFacts, 'notices'>, nowMs: number): string[] {
  const units = recent(notices, nowMs).filter(({ notice }) => notice.startsWith(EPOCH));
  return [...Map.groupBy(units, ({ source }) => source)].flatMap(([source, rows]) => {
    if (rows.length < 2) return [];
    const counted = [...rows]
      .sort((a, b) => b.count - a.count)
      .map(({ notice, count }) => `${notice.slice(EPOCH.length)} (${wholeNumber(count)})`);
    const last = counted.pop();
    return [`Units: timestamps of ${oneLine(source)} come in ${counted.join(', ')} and ${last}`];
  });
}
const EPOCH = 'epoch_';
const RECENT_MS = 7 * 86_400_000;

/** What its producers have mended since is no trouble any more. */
const recent = (notices: readonly NoticeRow[], nowMs: number): NoticeRow[] =>
  notices.filter((row) => nowMs - Date.parse(row.newest_at) < RECENT_MS);

/**
 * Models whose logs named columns in the last week that there was no room for.
 *
 * For example: "Columns: 99,800 feature values of clicks were left out, of columns beyond its limit: name_1, name_2"
 */
export function surplusColumns(
  { surplus_columns: rows }: Pick<PipelineFacts, 'surplus_columns'>,
  nowMs: number,
): string[] {
  return rows
    .filter((row) => nowMs - Date.parse(row.newest_at) < RECENT_MS)
    .map(
      ({ model, dropped, names }: SurplusRow) =>
        `Columns: ${plural(dropped, 'feature value')} of ${oneLine(model)} were left out, ` +
        `of columns beyond its limit; the first: ${names.map(oneLine).join(', ')}`,
    );
}

/**
 * Values that logs brought again in the last week, of features that are forgotten.
 *
 * For example: 'Forgotten: 4,200 values of forgotten features came by kafka:ml.predictions and were dropped'
 */
export function forgottenColumns({ notices }: Pick<PipelineFacts, 'notices'>, nowMs: number): string[] {
  return recent(notices, nowMs).flatMap(({ source, notice, count }) =>
    notice === 'forgotten_columns'
      ? `Forgotten: ${plural(count, 'value')} of forgotten features came by ${oneLine(source)} and were dropped`
      : [],
  );
}

/** For example: 'Lost: kafka:ml.predictions partition 3, 120 records (offsets 80 to 199) were deleted before they were read, 2 h ago' */
export function incidentLine(row: LogIncidentRow, nowMs: number): string {
  const where = `${oneLine(row.source)} partition ${row.partition}`;
  const when = ago(row.found_at, nowMs);
  if (row.kind === 'log_recreated') {
    return `Recreated: ${where} was deleted and made anew after offset ${row.from_offset}; read from its beginning, ${when}`;
  }
  const last = BigInt(row.to_offset) - 1n;
  return (
    `Lost: ${where}, ${plural(row.records, 'record')} (offsets ${row.from_offset} to ${last}) ` +
    `were deleted before they were read, ${when}`
  );
}

/** The doctor's view of the same. */
export function judgeLine(
  facts: Pick<PipelineFacts, 'conservation' | 'log_incidents' | 'notices' | 'surplus_columns'>,
  nowMs: number,
): DoctorFinding[] {
  const faults = unaccountedEvents(facts);
  const read = facts.conservation.reduce((sum, row) => sum + row.read, 0);
  const counts =
    faults.length === 0
      ? [fine('event counts', `${plural(read, 'event')} read, and each is accounted for`)]
      : faults.map((fault) =>
          failure('event counts', fault, 'Report this with the output of `shiftwatch status --json`.'),
        );
  const units = mixedUnits(facts, nowMs).map((said) =>
    warning(
      'timestamps',
      said,
      'Each is read right. Ask who writes which: `shiftwatch decode --topic T` shows the units of single messages.',
    ),
  );
  const surplus = surplusColumns(facts, nowMs).map((said) =>
    warning(
      'columns',
      said,
      'Names that never repeat are a fault of their producer. Columns that are meant: raise `limits.columns`, or give a baseline that has them.',
    ),
  );
  const forgotten = forgottenColumns(facts, nowMs).map((said) =>
    warning(
      'forgotten',
      said,
      'Have their producer leave them out. `shiftwatch forget --feature … --undo` counts one again.',
    ),
  );
  return [
    ...counts,
    ...units,
    ...surplus,
    ...forgotten,
    ...tolerated(recent(facts.notices, nowMs)),
    ...logs(facts.log_incidents, nowMs),
  ];
}

function tolerated(notices: readonly NoticeRow[]): DoctorFinding[] {
  return notices.flatMap(({ source, notice, count }) => {
    if (notice === 'bare_numbers') {
      const said = `${plural(count, 'message')} of ${oneLine(source)} held NaN or Infinity without quotes`;
      return [
        warning(
          'json',
          said,
          'They are read, but are not JSON: in Python, `json.dumps(…, allow_nan=False)`.',
        ),
      ];
    }
    if (notice !== 'dropped_names') return [];
    const said = `${plural(count, 'feature or tag', 'features or tags')} of ${oneLine(source)} were left out for their names`;
    return [warning('names', said, 'Names are at most 256 printable characters.')];
  });
}

function logs(incidents: readonly LogIncidentRow[], nowMs: number): DoctorFinding[] {
  return incidents
    .filter((row) => nowMs - Date.parse(row.found_at) < RECENT_MS)
    .map((row) =>
      warning(
        'log',
        incidentLine(row, nowMs),
        row.kind === 'records_lost'
          ? 'Keep records longer (`retention.ms`), or run more ingest processes. What is gone stays uncounted.'
          : 'Nothing to do if somebody meant to recreate the topic. Events it holds a second time count again unless they have ids.',
      ),
    );
}
