import type { Command } from 'commander';
import { type Io, noConfiguration } from '../terminal/io.ts';

type ConfigIo = Pick<Io, 'config' | 'configPath' | 'env' | 'exitWith' | 'print' | 'say'>;

/** `shiftwatch config check | schema | print` */
export function register(program: Command, io: ConfigIo): void {
  const config = program.command('config').description('the configuration file');
  config
    .command('check')
    .description('says what is wrong with it, line by line')
    .option('--json', 'print the mistakes as JSON')
    .action((options: { json?: boolean }) => check(io, options.json === true));
  config
    .command('schema')
    .description('prints its JSON Schema, for editors')
    .action(async () => {
      const { configJsonSchema } = await import('../../config/json-schema.ts');
      io.print(`${JSON.stringify(configJsonSchema(), null, 2)}\n`);
    });
  config
    .command('print')
    .description('prints it with defaults filled in, references resolved and secrets masked')
    .option('--json', 'as JSON instead of YAML')
    .action(async (options: { json?: boolean }) => {
      const { maskSecrets } = await import('../../config/mask-secrets.ts');
      const { withRetention } = await import('../../config/resolve-retention.ts');
      const masked = withRetention(maskSecrets(await io.config()));
      if (options.json === true) io.print(`${JSON.stringify(masked, null, 2)}\n`);
      else io.print((await import('yaml')).stringify(masked, { lineWidth: 0 }));
    });
}

async function check(io: ConfigIo, asJson: boolean): Promise<void> {
  const { loadConfig, NO_CONFIGURATION } = await import('../../config/load.ts');
  const { formatProblem } = await import('../../config/problem.ts');
  const { configNotices } = await import('../../config/notices.ts');
  const result = await loadConfig(io.configPath(), io.env);
  const problems = result.ok ? [] : result.error;
  if (!asJson && problems.some(({ message }) => message === NO_CONFIGURATION))
    throw noConfiguration(io.configPath());
  const { storedMistakes } = await import('./stored-mistakes.ts');
  const stored = result.ok ? await storedMistakes(result.value) : [];
  const notices = result.ok ? configNotices(result.value) : [];
  const ok = result.ok && stored.length === 0;
  if (asJson) io.print(`${JSON.stringify({ ok, problems, stored, notices }, null, 2)}\n`);
  else if (result.ok) {
    for (const notice of notices) io.say(`note: ${notice}\n`);
    for (const { message, fix } of stored) io.say(`${message}\n${fix}\n`);
    const models = result.value.models.map(({ name }) => name).join(', ');
    if (ok) io.print(`${io.configPath()} is fine: ${models}\n`);
  } else for (const problem of problems) io.say(`${formatProblem(problem)}\n`);
  if (!ok) io.exitWith(1);
}
