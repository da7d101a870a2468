/** What a pipeline does to the cells of one column. */
import type { Fault } from '../../core/faults.ts';
import { rounded } from '../family.ts';
import type { Value } from '../family.ts';
import type { BrokenWindow } from './draw-world.ts';
import type { Breakable, WorldUnit } from './ordinary-world.ts';
import { levelsIn, quantileIn, rewritten, spreadIn } from './touched-rows.ts';
import type { Extent, Rewrite } from './touched-rows.ts';

/** One way in which a world's pipeline can break. */
export interface WorldFault {
  /** Fault, column, what, extent: `unit_change amount × 100, since`. */
  readonly name: string;
  /** Names that are right, the best first. */
  readonly faults: readonly Fault[];
  readonly columns: readonly string[];
  /** False: a change of the world leaves the same rows. */
  readonly isClaimable: boolean;
  readonly broken: BrokenWindow;
}

/** A fault with its name in front of what it is of. */
export function faultOf(
  faults: readonly [Fault, ...Fault[]],
  columns: readonly string[],
  how: string,
  isClaimable: boolean,
  broken: BrokenWindow,
): WorldFault {
  const name = [faults[0], columns.join('+'), how].filter((part) => part !== '').join(' ');
  return { name, faults, columns, isClaimable, broken };
}

const onNumber =
  (apply: (value: number) => number): Rewrite =>
  (value) =>
    typeof value === 'number' ? rounded(apply(value), 6) : value;

function unitFaults(unit: WorldUnit): WorldFault[] {
  const { feature, name, apply, isApart, isTold } = unit;
  const extents: readonly Extent[] = isApart ? ['whole', 'since', 'part'] : ['whole', 'since'];
  return extents.map((extent) =>
    faultOf(
      ['unit_change'],
      [feature],
      `${name}, ${extent}`,
      isTold,
      rewritten(feature, () => onNumber(apply), extent),
    ),
  );
}

const EMPTY: Rewrite = () => null;
const AS_TEXT: Rewrite = (value) =>
  typeof value === 'number' ? `${String(value).replace('.', ',')} units` : value;
const always =
  (value: Value): Rewrite =>
  () =>
    value;

function numberFaults(number: string): WorldFault[] {
  const one = (
    faults: readonly [Fault, ...Fault[]],
    how: string,
    isClaimable: boolean,
    made: Made,
    share: number,
  ): WorldFault => faultOf(faults, [number], how, isClaimable, rewritten(number, made, 'part', share));
  return [
    one(['missing_spike'], '12 %', true, () => EMPTY, 0.12),
    one(['sentinel_fill', 'out_of_range'], '−999 in 8 %', true, () => always(-999), 0.08),
    one(['type_change'], 'a unit behind the number in 15 %', true, () => AS_TEXT, 0.15),
    one(['out_of_range'], 'garbage in 8 %', true, garbage, 0.08),
    // The middle as well as any other value may have become popular.
    one(['sentinel_fill'], 'median in 15 %', false, (values) => always(quantileIn(values, 0.5)), 0.15),
  ];
}

function levelFaults(level: string, isCompanied: boolean): WorldFault[] {
  const one = (
    name: Fault,
    how: string,
    isClaimable: boolean,
    made: Made,
    extent: Extent,
    share?: number,
  ): WorldFault => faultOf([name], [level], how, isClaimable, rewritten(level, made, extent, share));
  return [
    one('missing_spike', 'since', true, () => EMPTY, 'since'),
    one('sentinel_fill', 'unknown in 10 %', true, () => always('unknown'), 'part', 0.1),
    one('category_rename', 'upper case', true, () => otherCase, 'whole'),
    one('category_rename', 'prefix, since', true, () => (value) => `${level}:${String(value)}`, 'since'),
    one('category_rename', 'codes', true, codesOf, 'whole'),
    // A level that another one has taken the place of.
    one('category_rename', 'one level', false, replacedLevel, 'whole'),
    one('levels_exchanged', 'the two commonest', isCompanied, exchanged, 'whole'),
    one('levels_exchanged', 'the two commonest, since', false, exchanged, 'since'),
  ];
}

type Made = (values: readonly Value[]) => Rewrite;

function garbage(values: readonly Value[]): Rewrite {
  const [low, width] = [quantileIn(values, 0), quantileIn(values, 1) - quantileIn(values, 0)];
  return (_, draw) => rounded(low + (draw.uniform() < 0.5 ? -1 : 1) * width * (5 + 55 * draw.uniform()), 2);
}

const otherCase: Rewrite = (value) => {
  const text = String(value);
  return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
};

function codesOf(values: readonly Value[]): Rewrite {
  const known = levelsIn(values).toSorted();
  return (value) => String(700 + 13 * known.indexOf(String(value)));
}

function replacedLevel(values: readonly Value[]): Rewrite {
  const [, second = ''] = levelsIn(values);
  return (value) => (value === second ? 'quite another' : value);
}

function exchanged(values: readonly Value[]): Rewrite {
  const [one = '', other = ''] = levelsIn(values);
  return (value) => (value === one ? other : value === other ? one : value);
}

function fineFaults(column: string, decimals: number): WorldFault[] {
  const list = [
    faultOf(
      ['constant_value', 'sentinel_fill'],
      [column],
      'stuck, since',
      true,
      rewritten(column, (values) => always(values[Math.floor(0.45 * values.length)] ?? 0), 'since'),
    ),
    faultOf(
      ['clipped'],
      [column],
      'at p90',
      true,
      rewritten(column, (values) => onNumber((value) => Math.min(value, quantileIn(values, 0.9))), 'whole'),
    ),
    faultOf(
      ['clipped'],
      [column],
      'at p5 and p95, since',
      true,
      rewritten(
        column,
        (values) =>
          onNumber((value) => Math.min(quantileIn(values, 0.95), Math.max(quantileIn(values, 0.05), value))),
        'since',
      ),
    ),
  ];
  const coarser = faultOf(
    ['rounded'],
    [column],
    'two digits fewer',
    true,
    rewritten(column, () => onNumber((value) => rounded(value, decimals - 2)), 'whole'),
  );
  return decimals >= 2 ? [...list, coarser] : list;
}

function noiseFault(column: string): WorldFault {
  return faultOf(
    ['noise'],
    [column],
    'one more standard deviation',
    false,
    rewritten(
      column,
      (values) => {
        const spread = spreadIn(values);
        return (value, draw) =>
          typeof value === 'number' ? rounded(value + spread * draw.normal(), 3) : value;
      },
      'whole',
    ),
  );
}

/** The faults of single columns that this world can show; each with what can be known of it. */
export function columnFaults(world: Breakable): WorldFault[] {
  const { weak, features } = world;
  const number = weak.fine[0] ?? weak.matters[0];
  const decimalsOf = (name: string): number => {
    const feature = features.find((each) => each.name === name);
    return feature?.kind === 'numeric' ? feature.decimals : 0;
  };
  return [
    ...weak.units.flatMap(unitFaults),
    ...(number === undefined ? [] : numberFaults(number)),
    ...weak.levels.slice(0, 1).flatMap((level) => levelFaults(level, weak.company.includes(level))),
    ...weak.fine.slice(0, 1).flatMap((column) => fineFaults(column, decimalsOf(column))),
    ...weak.flags.slice(0, 1).map((column) =>
      faultOf(
        // Where it follows from the time it is that which it parts with.
        ['levels_exchanged', 'clock_shift'],
        [column],
        'true for false',
        weak.company.includes(column),
        rewritten(column, exchanged, 'whole'),
      ),
    ),
    ...weak.flips.map((column) =>
      faultOf(
        ['sign_flip'],
        [column],
        'whole',
        true,
        rewritten(column, () => onNumber((value) => -value), 'whole'),
      ),
    ),
    ...weak.matters.slice(0, 1).map(noiseFault),
  ];
}
