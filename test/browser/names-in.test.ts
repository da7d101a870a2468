import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pathName } from '../../src/core/ids/path-name.ts';
import { namesIn } from '../../src/browser/address/names-in.ts';

it('gives back any two names that an address was made of', () => {
  const name = fc.oneof(fc.string({ minLength: 1, unit: 'grapheme' }), fc.stringMatching(/^[~.]{1,4}$/));
  fc.assert(
    fc.property(name, name, (model, feature) => {
      const path = `/models/${pathName(model)}/features/${pathName(feature)}`;
      expect(namesIn('/models/:model/features/:feature', path)).toEqual({ model, feature });
    }),
  );
  const odd = [
    'a/b',
    'a%2Fb',
    '100%',
    '?x=1#y',
    '<script>',
    'ارز',
    '.',
    '..',
    '~.',
    '~..',
    '~~..',
    '...',
    '~',
    '.a',
  ];
  for (const model of odd) {
    const path = `/models/${pathName(model)}/features/${pathName(model)}`;
    expect(namesIn('/models/:model/features/:feature', path)).toEqual({ model, feature: model });
    // As a browser asks for it, and the service is asked.
    expect(new URL(path, 'http://localhost').pathname).toBe(path);
  }
});

it('takes what was written by hand as it stands', () => {
  expect(namesIn('/windows/:id', '/windows/50%')).toEqual({ id: '50%' });
});
