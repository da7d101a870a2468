import type { Measured } from './measure.ts';

/** A Markdown table; ratios are to the first line. */
export function resultTable(results: readonly Measured[], rows: number): string {
  const [first] = results;
  const heading = '| | wall | CPU | rows/s | peak memory | wall × | memory × | drifted | |';
  const rule = '|---|--:|--:|--:|--:|--:|--:|--:|---|';
  const lines = results.map((result) => {
    if ('failed' in result)
      return `| ${result.name} | failed | | | | | | | ${result.failed.replaceAll('|', '/')} |`;
    const { name, wallSeconds, cpuSeconds, peakBytes, drifted, note } = result;
    const base = first !== undefined && !('failed' in first) ? first : result;
    return `| ${[
      name,
      `${wallSeconds.toFixed(1)} s`,
      `${cpuSeconds.toFixed(1)} s`,
      Math.round((2 * rows) / wallSeconds).toLocaleString('en'),
      `${Math.round(peakBytes / 1e6)} MB`,
      (wallSeconds / base.wallSeconds).toFixed(1),
      (peakBytes / base.peakBytes).toFixed(1),
      drifted,
      note,
    ].join(' | ')} |`;
  });
  return [heading, rule, ...lines].join('\n');
}
