/**
 * What must still happen when the process ends without having called `stop()`: a server that it started, a folder that it made.
 *
 * Whoever made it is expected to end it in its own order. These guards only catch what
 * that order cannot: `process.exit` from elsewhere, a crash, or Ctrl-C in a command that handles no signals.
 */
export interface ExitGuard {
  /** The full, patient way. Used on a signal that nobody else listens to. */
  stop(): Promise<void>;
  /** The only thing possible while the process is already exiting: send a signal, wait for nothing. */
  signal(): void;
}

const guards = new Set<ExitGuard>();
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export function addExitGuard(guard: ExitGuard): void {
  if (guards.size === 0) {
    process.on('exit', onExit);
    for (const signal of SIGNALS) process.on(signal, onSignal);
  }
  guards.add(guard);
}

export function removeExitGuard(guard: ExitGuard): void {
  guards.delete(guard);
  if (guards.size > 0) return;
  process.off('exit', onExit);
  for (const signal of SIGNALS) process.off(signal, onSignal);
}

function onExit(): void {
  for (const guard of guards) guard.signal();
}

function onSignal(signal: NodeJS.Signals): void {
  // Listening to a signal takes away its default, which is to end the process. If we are the only listener,
  // we owe that ending; if others listen, the order is theirs.
  if (process.listenerCount(signal) > 1) return;
  void stopAllAndEnd(signal);
}

async function stopAllAndEnd(signal: NodeJS.Signals): Promise<void> {
  const stopping = new Set(guards);
  await Promise.allSettled([...stopping].map((guard) => guard.stop()));
  // Meanwhile the work went on, and may have made more.
  for (const guard of guards) {
    if (!stopping.has(guard)) guard.signal();
    removeExitGuard(guard);
  }
  process.kill(process.pid, signal);
}
