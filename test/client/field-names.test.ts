import { describe, expect, it } from 'vitest';
import { labelEvent, predictionEvent } from '../../src/client/client-events.ts';

describe('a slip in a name', () => {
  it.each([
    ['scores', 'score'],
    ['featurs', 'features'],
    ['verison', 'version'],
    ['latency_ms', 'latencyMs'],
    ['prediction_id', 'predictionId'],
  ])('%s is refused with %s', (slip, meant) => {
    const logged = { model: 'm', prediction: 1, [slip]: 1 };
    expect(() => predictionEvent(logged)).toThrow(`${slip}: is no field; did you mean ${meant}?`);
  });

  it('of a label is refused', () => {
    const label = { model: 'm', predictionId: '1', label: 1 };
    expect(() => labelEvent({ ...label, finall: true } as never)).toThrow('did you mean final?');
    expect(() => labelEvent({ model: 'm', predictionId: '1', lable: 1 } as never)).toThrow(
      'did you mean label?',
    );
  });

  it('is not seen in words that only look alike', () => {
    for (const other of ['session', 'host', 'region', 'mode']) {
      expect(() => predictionEvent({ model: 'm', prediction: 1, [other]: 'x' })).not.toThrow();
    }
  });
});
