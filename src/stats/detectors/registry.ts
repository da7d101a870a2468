import { adwin } from './adwin.ts';
import { bocd } from './bocd.ts';
import { cusum } from './cusum.ts';
import { ddm } from './ddm.ts';
import type { DetectorDefinition } from './detector.ts';
import { eddm } from './eddm.ts';
import { gma } from './gma.ts';
import { hddmA } from './hddm-a.ts';
import { hddmW } from './hddm-w.ts';
import { kswin } from './kswin.ts';
import { pageHinkley } from './page-hinkley.ts';

/** Every detector, in the order people are shown them. */
export const DETECTORS: readonly DetectorDefinition[] = [
  adwin,
  pageHinkley,
  cusum,
  gma,
  ddm,
  eddm,
  hddmA,
  hddmW,
  kswin,
  bocd,
];

export function detectorNamed(name: string): DetectorDefinition | null {
  return DETECTORS.find((definition) => definition.name === name) ?? null;
}
