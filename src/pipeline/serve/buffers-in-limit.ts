import { setFlagsFromString } from 'node:v8';

/** V8 of other releases may not know the flag, and would say so. */
const KNOWN_TO_NODE = '24';

/**
 * Makes V8 count buffers into the limit of its heap. By itself it marks the whole heap again whenever some sixty megabytes of
 * buffers have come, used or not: a reader that fetches a hundred megabytes a second spent nearly half of its processor
 * time on that, in threads that no profile shows. What is held stays bounded by `collect-garbage.ts`, which looks at all
 * of the process. O(1).
 */
export function countBuffersIntoHeapLimit(node: string = process.versions.node): boolean {
  if (node.split('.')[0] !== KNOWN_TO_NODE) return false;
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  return true;
}
