import { readFileSync, writeSync } from 'node:fs';
import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';
import {
  allProcesses,
  describeProcess,
  type ProcessFacts,
} from '../../../src/store/embedded/process-facts.ts';
import { DEADLINES } from '../deadlines.ts';

/**
 * Ends a run of which nothing has been heard for longer than any test may take. Vitest's own deadlines are timers of the
 * worker: one that is blocked, or that never says it has finished, would be waited for until whoever started the run
 * gives up, and nobody would know for which. Says what was running and what each process of the run is doing.
 */
export default class SilenceReporter implements Reporter {
  readonly #silenceMs = Number(process.env['SHIFTWATCH_TEST_SILENCE_MS'] ?? DEADLINES.silenceMs);
  readonly #unfinished = new Map<string, string>();
  #lastEnded = 'none';
  #timer: NodeJS.Timeout | undefined;

  onInit(vitest: Vitest): void {
    if (!vitest.config.watch) this.#heard();
  }

  onTestModuleQueued(module: TestModule): void {
    this.#unfinished.set(module.relativeModuleId, 'being loaded');
    this.#heard();
  }

  onTestModuleCollected(module: TestModule): void {
    this.#unfinished.set(module.relativeModuleId, 'loaded');
    this.#heard();
  }

  onTestCaseReady(test: TestCase): void {
    this.#unfinished.set(test.module.relativeModuleId, `in "${test.fullName}"`);
    this.#heard();
  }

  onTestCaseResult(test: TestCase): void {
    this.#unfinished.set(test.module.relativeModuleId, `after "${test.fullName}"`);
    this.#heard();
  }

  onTestModuleEnd(module: TestModule): void {
    this.#unfinished.delete(module.relativeModuleId);
    this.#lastEnded = module.relativeModuleId;
    this.#heard();
  }

  onHookStart(): void {
    this.#heard();
  }

  onHookEnd(): void {
    this.#heard();
  }

  onTestRunEnd(): void {
    clearTimeout(this.#timer);
  }

  #heard(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), this.#silenceMs).unref();
  }

  #end(): void {
    const started = descendants();
    const lines = [
      `No test has been heard of for ${this.#silenceMs} ms: the run ends here. The last file to end was ${this.#lastEnded}.`,
      ...[...this.#unfinished].map(([file, where]) => `unfinished: ${file}, ${where}`),
      'What the run had started:',
      ...started.map(({ pid, command }) => `${pid} ${doing(pid)} ${command.join(' ').slice(0, 300)}`),
    ];
    writeSync(2, `${lines.join('\n')}\n`);
    for (const { pid, startedAt } of started) {
      if (describeProcess(pid)?.startedAt === startedAt) process.kill(pid, 'SIGKILL');
    }
    process.exit(1);
  }
}

/** Every process below this one. A blocked worker does not notice that its parent is gone. */
function descendants(): ProcessFacts[] {
  const all = allProcesses().map((facts) => ({ facts, parent: parentOf(facts.pid) }));
  const below = (parent: number): ProcessFacts[] =>
    all.filter((each) => each.parent === parent).flatMap(({ facts }) => [facts, ...below(facts.pid)]);
  return below(process.pid);
}

function parentOf(pid: number): number | null {
  const stat = fact(pid, 'stat');
  return stat === '' ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

/** Whether it runs or sleeps, and in the kernel where. */
function doing(pid: number): string {
  const stat = fact(pid, 'stat');
  return [stat.charAt(stat.lastIndexOf(')') + 2), fact(pid, 'wchan')].filter((word) => word !== '').join(' ');
}

function fact(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8').trim();
  } catch {
    return '';
  }
}
