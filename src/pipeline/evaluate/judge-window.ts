import { withIncident } from './judge-incident.ts';
import { type EvaluatorOptions, judgeLoaded, type LoadedWindow } from './load-window.ts';
import { withTimePatterns } from './series-pattern.ts';
import type { WindowVerdict } from './store-verdict.ts';

/** compare → diagnose: what a window says, how that came about, and what it says together with its incident's. */
export async function judgeWindow(options: EvaluatorOptions, loaded: LoadedWindow): Promise<WindowVerdict> {
  const output = await judgeLoaded(options, loaded);
  const described = await withTimePatterns(options, loaded, output.segments);
  // What the windows of an open incident say together is what the incident goes by.
  return { output, segments: await withIncident(options, loaded, described) };
}
