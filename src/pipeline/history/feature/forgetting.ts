import type { Task } from '../../../core/model.ts';
import type { Pool, Tx } from '../../../store/connection/pool.ts';
import type { ForgottenWords } from './forgotten-words.ts';

/** What is being forgotten, of which model, and how. */
export interface Forgetting {
  readonly model: { readonly id: number; readonly name: string; readonly task: Task };
  readonly words: ForgottenWords;
  /** Its name as texts and JSON spell it. */
  readonly spellings: readonly string[];
  /** A transaction; in a dry run one that is taken back. */
  readonly inStep: <T>(pool: Pool, work: (tx: Tx) => Promise<T>) => Promise<T>;
  readonly isDry: boolean;
  readonly onProgress: (said: string) => void;
}
