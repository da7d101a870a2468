import { describe, expect, it } from 'vitest';
import { silentLog } from '../../src/core/log.ts';
import { Started } from '../../src/pipeline/serve/started.ts';

describe('what was started', () => {
  it('is stopped in reverse, whether or not the others could be, and once', async () => {
    const started = new Started(silentLog);
    const stopped: string[] = [];
    started.add('database', () => void stopped.push('database'));
    started.add('queue', () => Promise.reject(new Error('stuck')));
    started.add('api', () => void stopped.push('api'));
    await Promise.all([started.stop(), started.stop()]);
    expect(stopped).toEqual(['api', 'database']);
  });

  it('is stopped too when it comes up during the stop, and its start goes no further', async () => {
    const started = new Started(silentLog);
    const stopped: string[] = [];
    await started.stop();
    expect(() => started.add('database', () => void stopped.push('database'))).toThrow(
      'database came up while everything was being stopped',
    );
    await started.stop();
    expect(stopped).toEqual(['database']);
  });
});
