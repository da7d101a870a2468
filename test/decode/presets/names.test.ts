import { expect, it } from 'vitest';
import { PRESET_FORMATS } from '../../../src/core/events/log-format.ts';
import { FORMAT_PRESET_NAMES } from '../../../src/decode/presets/presets.ts';

it('reads every format that can be configured', () => {
  expect(PRESET_FORMATS.map(({ name }) => name)).toEqual(FORMAT_PRESET_NAMES);
});
