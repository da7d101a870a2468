import { expect, it } from 'vitest';
import { inWordsOfToday, SEVERITIES } from '../../src/core/alerts/severity.ts';
import { SEVERITY_WORDS } from '../../src/words/words.ts';

it('people meet three words, and what was stored under others reads as these', () => {
  expect(SEVERITIES.filter((severity) => severity !== 'none')).toEqual(['info', 'warning', 'critical']);
  expect(SEVERITY_WORDS).toEqual({ none: '', info: 'info', warning: 'warning', critical: 'critical' });
  const read = ['none', 'notice', 'warn', 'alarm', 'info', 'warning', 'critical'].map(
    (severity) => inWordsOfToday({ severity }).severity,
  );
  expect(read).toEqual(['none', 'info', 'warning', 'critical', 'info', 'warning', 'critical']);
  const seasonal = { severity: 'none', seasonal: { severity: 'alarm', rows: 3 } };
  expect(inWordsOfToday(seasonal)).toEqual({ severity: 'none', seasonal: { severity: 'critical', rows: 3 } });
});
