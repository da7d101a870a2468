import type { Writable } from 'node:stream';

/**
 * Writes, and waits until the reader has taken enough of what was written. A reader that takes nothing for `stalledMs` is cut
 * off: it holds a connection to the database and rows in memory that others need.
 *
 * @throws Error once the stream is closed
 */
export async function writePaced(
  out: Writable,
  bytes: string | Uint8Array,
  stalledMs: number,
): Promise<void> {
  if (out.destroyed) throw new Error('the reader went away');
  if (out.write(bytes)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const cutOff = setTimeout(
    () => out.destroy(new Error(`the reader took nothing for ${stalledMs / 1_000} s`)),
    stalledMs,
  );
  out.once('drain', resolve).once('close', resolve);
  await promise;
  clearTimeout(cutOff);
  out.off('drain', resolve).off('close', resolve);
}
