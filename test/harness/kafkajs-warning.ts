/**
 * kafkajs 2.2.4 starts a timer of negative length at every connect, which Node 24 warns about; harmless
 * (kafkajs issue 1751). Exactly that warning is dropped, and only in the process of the test runner.
 */
export function silenceTimeoutNegativeWarning(): void {
  const printers = process.listeners('warning');
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'TimeoutNegativeWarning') return;
    for (const print of printers) print(warning);
  });
}
