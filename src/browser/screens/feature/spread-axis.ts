import { linearScale, niceTicks, type Scale } from '../../../picture/scale.ts';
import { symlogScale, symlogTicks } from '../../../picture/symlog-scale.ts';

export interface SpreadAxis {
  readonly scale: Scale;
  readonly ticks: readonly number[];
  readonly isBent: boolean;
}

/** Wider than so many times what training spans, a straight axis would show training as one line. */
const BENT_FROM = 8;

/** An axis for values of which some may be a hundred times those of training: bent where it has to be, else straight. */
export function spreadAxis(
  [low, high]: readonly [number, number],
  trained: readonly [number, number] | null,
  range: readonly [number, number],
  wanted: number,
): SpreadAxis {
  const room = (high - low) * 0.03 || Math.abs(high) * 0.1 || 1;
  const inner = trained === null ? 0 : trained[1] - trained[0];
  if (trained !== null && inner > 0 && high - low > BENT_FROM * inner) {
    const unit = Math.max(inner, Math.abs(trained[0]), Math.abs(trained[1])) / 4;
    const domain = [low < 0 ? low * 1.1 : low - inner * 0.05, high > 0 ? high * 1.1 : high] as const;
    return {
      scale: symlogScale(domain, range, unit),
      ticks: symlogTicks(domain, unit, wanted),
      isBent: true,
    };
  }
  const domain = [low - room, high + room] as const;
  return { scale: linearScale(domain, range), ticks: niceTicks(domain, wanted), isBent: false };
}
