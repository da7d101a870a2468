import { KEY_LEFT } from '../../kernel/structs.ts';
import { type MessageShape, SLOT_RANGE } from './shape.ts';

/**
 * The shape whose rows come without these features: the same bytes, and values that nobody reads. Messages that are read by
 * their keys are left to others when they have one.
 */
export function narrowShape(shape: MessageShape, leftOut: ReadonlySet<string>): MessageShape {
  const { layout } = shape;
  const uses = shape.uses.slice();
  const texts = [...shape.texts];
  for (const { name, cell } of layout.features) {
    if (cell < 0 || !leftOut.has(name)) continue;
    uses[cell] = SLOT_RANGE;
    texts[cell] = null;
    shape.keys?.features.turn(cell, KEY_LEFT);
  }
  const features = layout.features.filter(({ name }) => !leftOut.has(name));
  const vectors = layout.vectors.filter(({ name }) => !leftOut.has(name));
  return { ...shape, uses, texts, layout: { ...layout, features, vectors } };
}
