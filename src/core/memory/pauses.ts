let atPause: () => void = () => {};

/** What to do in the pauses of this thread's long computations: threads of a process that must stay small give memory back. */
export function usePauses(what: () => void): void {
  atPause = what;
}

/** Called by a long computation between two of its parts, where what the first one made is of no use any more. */
export function pause(): void {
  atPause();
}
