/** The commands that lead from a first configuration to a first finding. */
import type { Config } from '../../config/resolve.ts';
import type { SpecialNames } from '../../ingest/table/special-columns.ts';
import { firstVerdict } from './first-verdict.ts';
import type { InitFlags, InitSource } from './init-source.ts';

export interface Done {
  readonly file: string | null;
  /** Where the configuration was written; null: it was printed. */
  readonly path: string | null;
  readonly hasBaseline: boolean;
  readonly flags: InitFlags;
  readonly config: Pick<Config, 'models' | 'ingest'>;
}

const FLAGS: Readonly<Record<keyof SpecialNames, string>> = {
  prediction: '--prediction',
  score: '--score',
  label: '--label',
  timestamp: '--timestamp',
  predictionId: '--prediction-id',
  holdout: '--holdout',
};

/** Three commands, to be copied, and what to wait for then. */
export function nextSteps(source: InitSource, done: Done): string {
  const { file, path, hasBaseline, flags } = done;
  const config = path === null || path === 'shiftwatch.yaml' ? '' : ` --config ${shell(path)}`;
  const model = shell(source.noticed.model);
  const columns = Object.entries(source.columns).filter(([role]) => role !== 'holdout');
  const named = columns
    .map(([role, name]) => ` ${FLAGS[role as keyof SpecialNames]} ${shell(name)}`)
    .join('');
  const written = ['encoding', 'decimal'] as const;
  const how = written
    .flatMap((key) => (flags[key] === undefined ? [] : [` --${key} ${flags[key]}`]))
    .join('');
  const version = source.noticed.model_versions.find((each) => each !== 'default');
  const ofVersion = version === undefined ? '' : ` --model-version ${shell(version)}`;
  const baseline =
    file === null
      ? `baseline create --model ${model}${ofVersion} TRAINING.csv`
      : `baseline create --model ${model} ${shell(file)}${named}${how}`;
  const commands = ['config check', ...(hasBaseline ? [] : [baseline]), 'serve'];
  const lines = commands.map((command) => `  npx shiftwatch ${command}${config}\n`).join('');
  const saved = path === null ? 'Save what was printed as shiftwatch.yaml. ' : '';
  return `${saved}Next:\n${lines}${after(source, done, named, config)}${whenJudged(done)}`;
}

function after({ noticed }: InitSource, { file }: Done, named: string, config: string): string {
  if (file === null) {
    return 'What the topic still holds is judged first: findings come within minutes (npx shiftwatch status).\n';
  }
  const replay = `npx shiftwatch replay --to http --model ${shell(noticed.model)}${named}${config} PRODUCTION.csv`;
  return `While it runs, log events (README, step 4), or feed it a file of later rows:\n  ${replay}\n`;
}

function whenJudged({ config: { models, ingest } }: Done): string {
  return models.map((model) => firstVerdict(model, ingest)).join('');
}

/** One word for a shell. */
function shell(text: string): string {
  return /^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
