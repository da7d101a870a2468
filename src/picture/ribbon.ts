import type { VerdictKind } from '../core/findings.ts';
import { linearScale } from './scale.ts';

/** A stretch of windows of one verdict; `open`: its window is not closed yet. */
export interface RibbonSpan {
  readonly start: string;
  readonly end: string;
  readonly verdict: VerdictKind | 'no_data' | 'open';
}

/** A stretch in the picture. */
export interface RibbonCell {
  readonly x: number;
  readonly width: number;
  readonly span: RibbonSpan;
}

/** Narrower than this a stretch would not be seen. */
const NARROWEST_PX = 2;

/** Stretches laid on a true axis of time: where there were no windows there is nothing. */
export function ribbonCells(
  spans: readonly RibbonSpan[],
  period: { readonly fromMs: number; readonly toMs: number },
  widthPx: number,
): RibbonCell[] {
  const scale = linearScale([period.fromMs, period.toMs], [0, widthPx]);
  return spans.flatMap((span) => {
    const from = Math.max(0, scale.at(Date.parse(span.start)));
    const to = Math.min(widthPx, scale.at(Date.parse(span.end)));
    if (to <= 0 || from >= widthPx || to <= from) return [];
    return [{ x: from, width: Math.min(Math.max(NARROWEST_PX, to - from), widthPx - from), span }];
  });
}

/**
 * How a verdict is filled besides its colour, so that it is told without colour: the share of the height it takes, and a
 * pattern. No shift is a low line; what concerns people is tall.
 */
export interface RibbonLook {
  readonly style: string;
  readonly height: number;
  readonly pattern: 'solid' | 'diagonal' | 'cross' | 'dots' | 'vertical' | 'horizontal' | 'hollow';
}

export const RIBBON_LOOKS: Readonly<Record<RibbonSpan['verdict'], RibbonLook>> = {
  none: { style: 'ok', height: 0.3, pattern: 'solid' },
  covariate_shift: { style: 'covariate', height: 1, pattern: 'solid' },
  label_shift: { style: 'label', height: 1, pattern: 'dots' },
  concept_drift: { style: 'concept', height: 1, pattern: 'cross' },
  data_fault: { style: 'fault', height: 1, pattern: 'diagonal' },
  mixed: { style: 'mixed', height: 1, pattern: 'vertical' },
  undetermined: { style: 'none', height: 0.6, pattern: 'horizontal' },
  no_data: { style: 'none', height: 0.6, pattern: 'hollow' },
  open: { style: 'none', height: 0.3, pattern: 'hollow' },
};
