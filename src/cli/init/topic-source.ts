import { UserError } from '../../core/errors.ts';
import type { InitFlags, InitSource } from './run-init.ts';
import type { Io } from '../terminal/io.ts';

export async function readTopicSource(_flags: InitFlags, _io: Io): Promise<InitSource> {
  throw new UserError('not yet');
}
