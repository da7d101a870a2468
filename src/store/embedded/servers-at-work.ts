import { statSync } from 'node:fs';
import { basename } from 'node:path';
import { type ProcessFacts, allProcesses } from './process-facts.ts';

/** Whether this process is a PostgreSQL server working on this data directory. */
export function isPostmasterOf(facts: ProcessFacts, dataDirectory: string): boolean {
  const [program = ''] = facts.command;
  if (!/^postgres(:|$)/.test(basename(program))) return false;
  // A server works inside its data directory. Comparing the folders themselves rather than their names also
  // recognises one that was renamed or mounted elsewhere while the server ran.
  try {
    const cwd = statSync(`/proc/${facts.pid}/cwd`);
    const data = statSync(dataDirectory);
    return cwd.dev === data.dev && cwd.ino === data.ino;
  } catch {
    return names(facts, dataDirectory);
  }
}

/**
 * Whether any process of PostgreSQL works on one of these folders, or is about to: a server that has not reached its folder yet,
 * the program that becomes one, a server's last processes after it was killed, the program that creates the folder.
 */
export function anyAtWorkOn(...folders: readonly string[]): boolean {
  return allProcesses().some((facts) =>
    folders.some((folder) => isPostmasterOf(facts, folder) || isToWorkOn(facts, folder)),
  );
}

function isToWorkOn(facts: ProcessFacts, folder: string): boolean {
  const isPostgres = facts.command.some((word) => /^(postgres|initdb)$/.test(basename(word)));
  return isPostgres && (names(facts, folder) || names(facts, `--pgdata=${folder}`));
}

/** Among the words of its command line; a word may hold spaces, which `ps` does not tell from those between words. */
function names(facts: ProcessFacts, word: string): boolean {
  return ` ${facts.command.join(' ')} `.includes(` ${word} `);
}
