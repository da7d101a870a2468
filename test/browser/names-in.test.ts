import fc from 'fast-check';
import { expect, it } from 'vitest';
import { namesIn } from '../../src/browser/address/names-in.ts';

it('gives back any two names that an address was made of', () => {
  const name = fc.string({ minLength: 1, unit: 'grapheme' });
  fc.assert(
    fc.property(name, name, (model, feature) => {
      const path = `/models/${encodeURIComponent(model)}/features/${encodeURIComponent(feature)}`;
      expect(namesIn('/models/:model/features/:feature', path)).toEqual({ model, feature });
    }),
  );
  for (const odd of ['a/b', 'a%2Fb', '100%', '?x=1#y', '<script>', 'ارز'])
    expect(namesIn('/models/:model', `/models/${encodeURIComponent(odd)}`)).toEqual({ model: odd });
});

it('takes what was written by hand as it stands', () => {
  expect(namesIn('/windows/:id', '/windows/50%')).toEqual({ id: '50%' });
});
