import type { MessagePath } from '../../core/events/message-path.ts';
import { isObject } from '../presets/payload/json-shape.ts';
import type { FormatMessage } from '../presets/preset.ts';

/** What paths are looked up in. */
export interface Scope {
  readonly item: unknown;
  readonly message: FormatMessage;
}

/** Undefined where nothing stands. Only own fields are seen. O(steps). */
export function lookUp({ root, steps }: MessagePath, { item, message }: Scope): unknown {
  switch (root) {
    case 'key':
      return message.key ?? undefined;
    case 'topic':
      return message.topic ?? undefined;
    case 'headers':
      return message.headers.get(String(steps[0]).toLowerCase());
    case 'message':
    case 'item': {
      let at: unknown = root === 'item' ? item : message.value;
      for (const step of steps) {
        if (Array.isArray(at)) at = typeof step === 'number' ? (at as unknown[]).at(step) : undefined;
        else if (isObject(at)) at = Object.hasOwn(at, step) ? at[step] : undefined;
        else return undefined;
      }
      return at;
    }
  }
}
