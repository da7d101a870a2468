let dropped = false;

/**
 * kafkajs 2.2 starts a timer with a negative delay at every connect, which Node 24 warns about (kafkajs issue
 * 1751; harmless). Drops exactly that warning; all others reach the listeners that were there before.
 */
export function dropKafkajsTimerWarning(): void {
  if (dropped) return;
  dropped = true;
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (isKafkajsTimerWarning(warning)) return;
    for (const print of printers) print.call(process, warning);
  });
}

export function isKafkajsTimerWarning(warning: Error): boolean {
  return warning.name === 'TimeoutNegativeWarning' && /kafkajs[\\/].*requestQueue/.test(warning.stack ?? '');
}
