const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Resolves at the first Ctrl-C or SIGTERM. A second one ends the process on the spot. */
export async function untilAskedToStop(): Promise<null> {
  return await new Promise((resolve) => {
    const onSignal = (): void => {
      for (const signal of SIGNALS) {
        process.off(signal, onSignal);
        process.on(signal, () => process.exit(130));
      }
      resolve(null);
    };
    for (const signal of SIGNALS) process.on(signal, onSignal);
  });
}
