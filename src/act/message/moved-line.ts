import type { MovedFeature } from './moved-features.ts';

/** A moved feature on one line, after its name. */
export function movedLine({ mark, lines }: MovedFeature): string {
  return [mark, ...lines].filter((text) => text !== '').join(' · ');
}
