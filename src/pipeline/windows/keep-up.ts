import { ForgottenSince } from '../../store/connection/pool.ts';
import type { ModelCatalog } from './model-catalog.ts';

/** Somebody would have to forget another feature during each of them. */
const MAX_TRIES = 10;

/** Does it again, from its beginning, where a feature was forgotten while it was being done. */
export async function keepingUp<T>(
  catalog: Pick<ModelCatalog, 'keepUp'>,
  work: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ForgottenSince) || tries === MAX_TRIES) throw error;
      await catalog.keepUp();
    }
  }
}
