/** On a terminal one line that is rewritten; elsewhere a line for each tenth of the way. On stderr. */
export function showProgress(): (done: number, all: number) => void {
  const startedMs = performance.now();
  let tenth = -1;
  let before: number | null = null;
  return (done, all) => {
    // What an earlier run has left says nothing about how fast this one is.
    before ??= done;
    const elapsedS = (performance.now() - startedMs) / 1000;
    const left = done > before ? ((all - done) * elapsedS) / (done - before) : null;
    const line = `${done} of ${all} units, ${left === null ? '' : `about ${Math.ceil(left / 60)} min left`}`;
    if (process.stderr.isTTY) process.stderr.write(`\r${line}   ${done === all ? '\n' : ''}`);
    else if (Math.floor((10 * done) / all) > tenth) process.stderr.write(`${line}\n`);
    tenth = Math.floor((10 * done) / all);
  };
}
