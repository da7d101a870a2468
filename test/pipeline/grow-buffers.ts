/** Prints how often all of the heap is collected while a gigabyte of buffers comes and goes: `node grow-buffers.ts yes|no`. */
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { countBuffersIntoHeapLimit } from '../../src/pipeline/serve/buffers-in-limit.ts';

if (process.argv[2] === 'yes' && !countBuffersIntoHeapLimit()) throw new Error('not this release of Node');
let collections = 0;
const observer = new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (
      (entry as unknown as { detail: { kind: number } }).detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR
    )
      collections += 1;
  }
});
observer.observe({ entryTypes: ['gc'] });
// What a service has loaded.
const held = Array.from({ length: 400_000 }, (_, i) => ({ i }));
for (let i = 0; i < 2_000; i++) {
  Buffer.allocUnsafeSlow(2 ** 20).fill(1);
  await setImmediate();
}
observer.disconnect();
console.log(held.length > 0 ? collections : 0);
