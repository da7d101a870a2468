/** Loads every module of shiftwatch and asks every command for its help, in one process; prints how many of each. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const SOURCE = join(import.meta.dirname, '..', '..', 'src');
/** Do their work when they are loaded: in a thread, in a process of its own. */
const BUSY = new Set(['files/compare/worker.ts', 'dashboard/app/build-main.ts', 'kernel/build-main.ts']);

const modules = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.ts') && !path.startsWith('browser') && !BUSY.has(path.replaceAll('\\', '/')),
);
for (const path of modules) await import(join(SOURCE, path));

const { main } = (await import(join(SOURCE, 'cli/main.ts'))) as {
  main: (args: readonly string[]) => Promise<number>;
};

/** The command and all below it. */
async function helped(command: readonly string[]): Promise<string[]> {
  const text = await printed(() => main([...command, '--help']));
  const below = /^Commands:\n((?: .*\n?)*)/m.exec(text)?.[1] ?? '';
  const names = [...below.matchAll(/^ {2}([\w-]+)/gm)].flatMap(([, name]) => name ?? []);
  const all = command.length === 0 ? [] : [command.join(' ')];
  for (const name of names) if (name !== 'help') all.push(...(await helped([...command, name])));
  return all;
}

async function printed(run: () => Promise<number>): Promise<string> {
  const { write } = process.stdout;
  let text = '';
  process.stdout.write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  try {
    const code = await run();
    if (code !== 0) throw new Error(`--help ended with ${code}`);
  } finally {
    process.stdout.write = write;
    // Each call listens for a reader that goes away; a process makes one call.
    process.stdout.removeAllListeners('error');
  }
  return text;
}

const result = { version: process.version, modules: modules.length, commands: await helped([]) };
process.stdout.write(`${JSON.stringify(result)}\n`);
