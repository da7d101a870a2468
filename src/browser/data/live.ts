import { pathName } from '../../core/ids/path-name.ts';
import { useEffect, useSyncExternalStore } from 'react';
import { mutate } from 'swr';
import type { LiveEvent } from '../../core/events/live-event.ts';
import { createRefresh } from './refresh.ts';

/** Whether news come by themselves. */
export interface LiveStatus {
  readonly state: 'connecting' | 'live' | 'lost';
  /** When anything was last heard; null: never. */
  readonly lastMs: number | null;
}

const TYPES = ['window', 'verdict', 'alert', 'retrain', 'pipeline'] as const;
/** News come in bursts, when many windows close at once: the screen asks once for all of them. */
const GATHER_MS = 1_000;

const refresh = createRefresh({
  ask: async (url) => await mutate(url),
  pause: async (ms) => await new Promise((done) => setTimeout(done, Math.max(ms, GATHER_MS))),
  nowMs: () => performance.now(),
});

let status: LiveStatus = { state: 'connecting', lastMs: null };
const watching = new Set<() => void>();

function become(next: LiveStatus): void {
  status = next;
  for (const tell of watching) tell();
}

/** Follows what changes while a screen is open; one stream for the whole page. */
export function useLive(): LiveStatus {
  useEffect(() => follow(), []);
  return useSyncExternalStore(
    (tell) => {
      watching.add(tell);
      return () => watching.delete(tell);
    },
    () => status,
  );
}

function follow(): () => void {
  const stream = new EventSource('/api/v1/live');
  let waiting: ReturnType<typeof setTimeout> | null = null;
  const concerned = new Set<string | null>();
  const gather = (model: string | null): void => {
    concerned.add(model);
    waiting ??= setTimeout(() => {
      waiting = null;
      const models = [...concerned];
      concerned.clear();
      for (const url of askedUrls()) if (concerns(url, models)) void refresh(url);
    }, GATHER_MS);
  };
  stream.addEventListener('open', () => {
    // Whatever happened before is asked for, but not at the first time: it has just been.
    if (status.lastMs !== null) gather(null);
    become({ state: 'live', lastMs: Date.now() });
  });
  stream.addEventListener('error', () => become({ ...status, state: 'lost' }));
  for (const type of TYPES) {
    stream.addEventListener(type, (message: MessageEvent<string>) => {
      become({ state: 'live', lastMs: Date.now() });
      gather((JSON.parse(message.data) as LiveEvent).model);
    });
  }
  return () => {
    if (waiting !== null) clearTimeout(waiting);
    stream.close();
  };
}

/** What was asked so far; of what no screen shows any more nothing is asked anew. */
function askedUrls(): string[] {
  const urls: string[] = [];
  void mutate((key) => {
    if (typeof key === 'string') urls.push(key);
    return false;
  });
  return urls;
}

/** A screen of another model alone has nothing to ask. */
function concerns(url: string, models: readonly (string | null)[]): boolean {
  if (!url.startsWith('/api/v1/')) return false;
  const ofModel = /^\/api\/v1\/models\/([^/?]+)\//.exec(url)?.[1];
  return ofModel === undefined || models.some((model) => model === null || pathName(model) === ofModel);
}
