import type { ApiDeps } from '../../api/api-deps.ts';

/** Alive until a part is dead for good. That the process answers at all says that its event loop turns. */
export function livenessOf(failure: () => string | null): ApiDeps['liveness'] {
  return () => {
    const reason = failure();
    return { alive: reason === null, reason };
  };
}
