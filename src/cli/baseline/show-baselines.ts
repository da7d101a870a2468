import type { BaselineSummary, FeatureSummary } from '../../stats/profile/reference-summary.ts';
import { UserError } from '../../core/errors.ts';
import { findBaseline, listBaselines } from '../../store/read-models/baselines.ts';
import { listModels, listVersions } from '../../store/read-models/models.ts';
import type { BaselineRow } from '../../store/rows/models.ts';
import type { Pool } from '../../store/connection/pool.ts';
import type { Io } from '../terminal/io.ts';
import { textTable } from '../terminal/text-table.ts';
import { withDatabase } from '../terminal/with-database.ts';

/** More models, versions or revisions than a person reads; the API pages through all of them. */
const MOST = 500;

export async function listAllBaselines(json: boolean, io: Io): Promise<void> {
  const rows = await withDatabase(io, async ({ pool }) => await allBaselines(pool));
  if (json) {
    io.print(`${JSON.stringify(rows, null, 2)}\n`);
  } else if (rows.length === 0) {
    io.say('There is no baseline yet. Next: shiftwatch baseline create --model NAME training.csv\n');
  } else {
    io.print(
      textTable(
        ['MODEL', 'VERSION', 'REVISION', 'ROWS', 'CREATED (UTC)', 'SOURCE'],
        rows.map((row) => [
          row.model,
          row.version,
          String(row.revision),
          String(row.rows),
          row.created_at.slice(0, 16).replace('T', ' '),
          sourceFile(row),
        ]),
      ),
    );
  }
}

export async function showBaseline(model: string, version: string, json: boolean, io: Io): Promise<void> {
  const baseline = await withDatabase(io, async ({ pool }) => {
    const newest = await listBaselines(pool, { model, version }, { limit: 1, after: null });
    const revision = newest.items[0]?.revision;
    return revision === undefined ? null : await findBaseline(pool, { model, version, revision });
  });
  if (baseline === null) {
    throw new UserError(`${model} ${version} has no baseline`, {
      fix: `Make one: shiftwatch baseline create --model ${model} --model-version ${version} training.csv`,
    });
  }
  if (json) {
    io.print(`${JSON.stringify(baseline, null, 2)}\n`);
    return;
  }
  const summary = baseline.summary as BaselineSummary;
  io.print(
    `${model} ${version}, revision ${baseline.revision}: ${summary.rows} rows from ${sourceFile(baseline)}, ` +
      `${summary.task}, sha256 ${baseline.checksum.slice(0, 12)}\n\n`,
  );
  const outcomes = [summary.prediction, summary.score, summary.label].filter((each) => each !== null);
  io.print(
    textTable(
      ['COLUMN', 'KIND', 'MISSING', 'INVALID', 'VALUES'],
      [...summary.features, ...outcomes].map(featureRow),
    ),
  );
}

async function allBaselines(pool: Pool): Promise<BaselineRow[]> {
  const rows: BaselineRow[] = [];
  for (const model of (await listModels(pool, { limit: MOST, after: null })).items) {
    const versions = await listVersions(pool, model.name, { limit: MOST, after: null });
    for (const version of versions.items) {
      const of = { model: model.name, version: version.name };
      rows.push(...(await listBaselines(pool, of, { limit: MOST, after: null })).items);
    }
  }
  return rows;
}

function sourceFile(row: BaselineRow): string {
  const { source } = row;
  const isNamed = typeof source === 'object' && source !== null && 'file' in source;
  return isNamed && typeof source.file === 'string' ? source.file : '-';
}

function featureRow(feature: FeatureSummary): string[] {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return [feature.name, feature.kind, percent(feature.missing), percent(feature.invalid), values(feature)];
}

function values({ min, max, mean, levels, top }: FeatureSummary): string {
  const short = (value: number): string => String(Number(value.toPrecision(4)));
  if (min !== undefined && max !== undefined && mean !== undefined) {
    return `${short(min)} to ${short(max)}, mean ${short(mean)}`;
  }
  if (levels === undefined || top === undefined) return '-';
  return `${levels} level${levels === 1 ? '' : 's'}: ${top.join(', ')}${levels > top.length ? ', …' : ''}`;
}
