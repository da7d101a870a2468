import { chiSquareSurvival } from '../../../stats/distributions.ts';
import { hasMoved } from '../../marginal-test.ts';
import type { ColumnCells, NumericCells, RowSamples } from '../../samples/row-samples.ts';
import { presentRows } from '../../samples/row-samples.ts';
import { SAME_P } from '../../thresholds.ts';
import { asPercent, listNames } from '../../wording.ts';
import { movedAsExpected } from '../company-line.ts';
import { beforeP, cellsByFeature, changedP, linkBetween, linkWithin } from './column-links.ts';
import type { Link } from './column-links.ts';
import { goesWithItself } from '../../relation/conditional-spread.ts';
import { lagThatRestores } from './lagged-rows.ts';
import { linkedInStretches } from './link-habits.ts';
import { partJoined } from './part-joined.ts';
import type { PartJoined, RankLink } from './part-joined.ts';
import { rankCorrelations } from './rank-correlations.ts';
import type { Correlations } from './rank-correlations.ts';
import { correlationWhereItLies } from './where-it-lies.ts';
import { suspicion } from '../suspicion.ts';
import type { Suspicion } from '../suspicion.ts';

/** Correlations are many and only roughly normal: they must be refuted far beyond the usual level. */
const REFUTED = 1e-6;
/** A pair of columns that went together in the reference, and one that no longer does as before. */
const LINKED_P = 1e-6;
const MIN_LINK = 0.05;
const PARTED_P = 1e-4;
const KEPT_LOG_LIKELIHOOD = 6;
const SURE = 3.3;
/** What may be left of the old correlations where rows are joined at random, and how well that must be known. */
const NOTHING_LEFT = 0.25;
/** More than this left, and a part of the rows would be joined wrongly that nobody can tell from a relation that weakened. */
const MOST_LEFT = 0.8;
/** Other columns with which the block went together: one association may end, several do not end at once. */
const MIN_WITNESSES = 2;
/** Rank correlation of which a lag can be seen to restore it. */
const MIN_LAGGED = 0.25;
/** What may end with the mix of rows; where the witnesses are of another mix than they were, more. */
const MIN_CLOSE = 0.2;
const MIN_CLOSE_BESIDE_MOVED = 0.4;
const MIN_LABEL_WITNESSES = 3;
const RESTORED_BY = '; with the rows of';
const AS_NEAR = 'of its rows are as near to their place';
/** Correlations inside a block may wander by this much, whatever the number of rows. */
const SAME_LINK = 0.1;
const MIN_LABELLED = 0.95;
const SHOWN_LINKS = 3;
/** Of what the other side mends: so far apart are both by chance. */
const ALIKE = 0.95;

/**
 * One column, or several together, whose rows are not the other columns' rows: shuffled, or so many rows behind.
 *
 * Features whose rank correlation is the old one hang together; where that leaves more than one group, one that the label still
 * follows, else the largest, is taken to be right. Another is accused when what it had to do with the right ones has changed beyond
 * doubt (χ² of Fisher z, p < 1e-6 over the number of columns), none of its columns moved but as the others say or lags tell, and each side is what it
 * was inside. Claimed where nothing is left of the correlations (all of them times 0 ± 0.25) with at least two other columns, or
 * where the rows of k before or after, in order of their times, restore all of them; and where in no stretch of the reference as
 * long as the window half of that was missing: two columns that both follow the season have nothing to do with each other for an
 * hour. Claimed as well of a column of which a part is in its place as ever (`partJoined`). A part of the correlations left (all of them times one and the same share) is a reading. The label is accused where nothing is
 * left of what it had to do with at least three features, and as a reading: a changed relation may do that, too.
 */
export function misalignedJoin(samples: RowSamples, columns: readonly ColumnCells[]): Suspicion[] {
  const label = usableLabel(samples);
  const all = label === null ? columns : [...columns, label];
  if (columns.length === 0 || all.length < 2) return [];
  const z = rankCorrelations(all, samples.currentMs);
  const cells = cellsByFeature(z);
  const ofLabel = label === null ? [] : (cells.get(label.name) ?? []);
  const groups = inOrderOfTrust(groupsOf(z, cells, label?.name ?? null), { z, cells, ofLabel });
  const [main = [], ...others] = groups;
  const context = { samples, columns: all, z, cells, label: label?.name ?? null };
  const parted = others.filter((group) => changedP(linkOf(context, group, main)) < REFUTED / cells.size);
  const trusted = groups.filter((group) => !parted.includes(group)).flat();
  if (!isAsBefore(z, cellsOf(context, trusted))) return withoutTrusted(context);
  const found = parted.flatMap((block) => accuse({ ...context, trusted }, block));
  if (found.length > 0) return found;
  const lagged = withoutTrusted(context);
  if (lagged.length > 0 || label === null) return lagged;
  return accuse({ ...context, trusted }, [label.name]);
}

/**
 * Without a group that could be trusted: those that parted from others, and go together among themselves, by a lag that restores them or a part of
 * the rows that is in its place.
 */
function withoutTrusted(context: Omit<Context, 'trusted'>): Suspicion[] {
  const { z, cells, label } = context;
  const names = [...cells.keys()].filter((name) => name !== label);
  const hasParted = (a: string, b: string): boolean => {
    const link = linkOf(context, [a], [b]);
    return (
      link.strongest >= MIN_LINK &&
      beforeP(link) < LINKED_P &&
      changedP(link) < REFUTED &&
      link.left < MOST_LEFT
    );
  };
  const partners = new Map(
    names.map((name) => [name, names.filter((other) => other !== name && hasParted(name, other))]),
  );
  const loose = names.filter((name) => partners.get(name)!.length > 0);
  const among = new Map(loose.map((name) => [name, cells.get(name) ?? []]));
  const tried = groupsOf(z, among, null).flatMap((block) => {
    const trusted = [...cells.keys()].filter((name) => !block.includes(name));
    const found = accuse({ ...context, trusted }, block).filter(
      ({ otherwise, finding: { detail } }) =>
        otherwise === undefined && (detail.includes(RESTORED_BY) || detail.includes(AS_NEAR)),
    );
    const link = linkOf(context, block, trusted);
    return found.length === 0 ? [] : [{ found, mended: link.changed - link.cells }];
  });
  // Two sides that are so many rows apart restore each other: the one that mends more, the label counted, is accused; of sides that mend alike
  // the one of fewer columns.
  const most = Math.max(...tried.map(({ mended }) => mended));
  const best = tried
    .filter(({ mended }) => mended >= ALIKE * most)
    .sort((one, other) => one.found.length - other.found.length || other.mended - one.mended)[0];
  return best?.found ?? [];
}

function cellsOf({ cells }: Pick<Context, 'cells'>, names: readonly string[]): number[] {
  return names.flatMap((name) => cells.get(name) ?? []);
}

function linkOf(
  context: Pick<Context, 'z' | 'cells'>,
  some: readonly string[],
  others: readonly string[],
): Link {
  return linkBetween(context.z, cellsOf(context, some), cellsOf(context, others));
}

/** The label goes with the features; where it is partly missing its correlations are others for that alone. */
function usableLabel({ label, rows }: RowSamples): ColumnCells | null {
  if (label === null) return null;
  const isKnown = (cells: Float64Array | Int32Array, of: number): boolean =>
    presentRows(cells).length >= MIN_LABELLED * of;
  return isKnown(label.reference, rows.reference) && isKnown(label.current, rows.current) ? label : null;
}

/** Features that still go together as before, directly or by way of others. */
function groupsOf(
  z: Correlations,
  cells: ReadonlyMap<string, readonly number[]>,
  label: string | null,
): string[][] {
  const names = [...cells.keys()].filter((name) => name !== label);
  const groupOf = new Map(names.map((name) => [name, [name]]));
  const pairs = (names.length * (names.length - 1)) / 2;
  for (const [at, a] of names.entries()) {
    for (const b of names.slice(at + 1)) {
      const link = linkBetween(z, cells.get(a) ?? [], cells.get(b) ?? []);
      const [one, other] = [groupOf.get(a), groupOf.get(b)];
      if (!isKept(z, link, pairs) || one === undefined || other === undefined || one === other) continue;
      one.push(...other);
      for (const name of other) groupOf.set(name, one);
    }
  }
  return [...new Set(groupOf.values())];
}

/** They went together, and the old correlations are likelier than none by far; where neither is, nothing is said. */
function isKept(z: Correlations, link: Link, pairs: number): boolean {
  if (link.strongest < MIN_LINK || beforeP(link) >= LINKED_P / pairs) return false;
  return (link.squares * (2 * link.left - 1)) / (2 * z.variance) > KEPT_LOG_LIKELIHOOD;
}

/** A group that the label still follows as before is right; else the larger one likelier so. */
function inOrderOfTrust(
  groups: readonly string[][],
  { z, cells, ofLabel }: Pick<Context, 'z' | 'cells'> & { readonly ofLabel: readonly number[] },
): string[][] {
  const isFollowed = (group: readonly string[]): number =>
    Number(group.some((name) => isKept(z, linkBetween(z, cells.get(name) ?? [], ofLabel), cells.size)));
  return groups
    .map((group) => ({ group: group.toSorted(), followed: group.length > 1 ? isFollowed(group) : 0 }))
    .sort(
      (a, b) =>
        b.followed - a.followed || b.group.length - a.group.length || (a.group[0]! < b.group[0]! ? -1 : 1),
    )
    .map(({ group }) => group);
}

interface Context {
  readonly samples: RowSamples;
  readonly columns: readonly ColumnCells[];
  readonly z: Correlations;
  readonly cells: ReadonlyMap<string, readonly number[]>;
  /** Features whose rows are taken to be right. */
  readonly trusted: readonly string[];
  readonly label: string | null;
}

function accuse(context: Context, block: readonly string[]): Suspicion[] {
  const { z, cells, trusted, samples, columns, label } = context;
  const inside = cellsOf(context, block);
  const outside = cellsOf(context, trusted);
  const link = linkBetween(z, inside, outside);
  if (changedP(link) >= REFUTED / cells.size || beforeP(link) >= LINKED_P) return [];
  const witnesses = witnessesOf(context, inside);
  if (witnesses.length === 0 || !isAsBefore(z, inside)) return [];
  const accused = columns.filter(({ name }) => block.includes(name));
  const moved = accused.some((pair) => hasMoved(pair));
  if (!linkedInStretches(samples, z, { inside, outside }, link)) return [];
  const others = columns.filter(({ name }) => trusted.includes(name));
  // All of it turned round is told without a lag; rows that alternate would be restored by any odd one.
  // What weakly goes together is restored by some lag or other, and what goes together more closely than before was never lost.
  const isLost = Math.abs(link.left) < MOST_LEFT && Math.tanh(link.strongest) >= MIN_LAGGED;
  const lag = isLost ? lagThatRestores(samples, accused, others) : null;
  if (moved && lag === null && !accused.every((pair) => movedAsExpected(pair, others))) return [];
  const isNothing = Math.abs(link.left) <= Math.max(SURE * link.error, SAME_LINK);
  const isKnown = SURE * link.error <= NOTHING_LEFT;
  const isPart =
    chiSquareSurvival(link.rest, Math.max(1, link.cells - 1)) > SAME_P &&
    link.left < MOST_LEFT &&
    link.left > -NOTHING_LEFT;
  const isGone = isNothing && isKnown && isPart && isClose(link, context, witnesses);
  const part = lag === null && !isGone ? partOf(context, accused, witnesses) : null;
  if (lag === null && (isGone || part !== null) && isLooseThere(context, accused, witnesses)) return [];
  // A label that follows the features less is what a changed relation is, unless nothing at all is left.
  const isLabel = block.some((name) => name === label);
  const isLabelGone =
    isGone && Math.abs(link.left) <= 2 * link.error && witnesses.length >= MIN_LABEL_WITNESSES;
  if (lag === null && part === null && !(isLabel ? isLabelGone : isPart)) return [];
  const count = witnesses.length + Number(!isLabel && isForsakenByLabel(context, block));
  // Of rows that come in groups, and nobody knows which, some lag brings the right group.
  const isOfGroups =
    samples.referenceMs === null && accused.some((pair) => goesWithItself(pair, samples.currentMs));
  const isClaimed =
    (lag !== null && !isOfGroups) || (!isLabel && (isGone || part !== null) && count >= MIN_WITNESSES);
  const told = `${toldOf(witnesses, link, part)} (χ² ${link.changed.toFixed(0)}, ${link.cells} df)`;
  const rows = part === null ? 'its rows' : `${asPercent(1 - part.kept)} of its rows`;
  const inPlace =
    part === null
      ? ''
      : `; ${asPercent(part.near)} ${AS_NEAR} as half of the reference's, where a looser relation would leave ${asPercent(part.looser)}`;
  const cause =
    lag === null
      ? inPlace
      : `; with the rows of ${Math.abs(lag)} ${lag > 0 ? 'before' : 'after'} they are the old ones again`;
  const still = block.length > 1 ? 'none of these columns' : 'it';
  const refused = moved
    ? ', though on the whole it moved as they did: its values are those of other rows'
    : `, though ${still === 'it' ? 'it did not move' : `${still} moved`} by itself: an association that ends leaves the others as they were`;
  const otherwise = isNothing
    ? `it has nothing to do with ${witnesses[0]?.name ?? ''} any more`
    : `it goes with the others less closely than before`;
  return block.map((name) =>
    suspicion('misaligned_join', name, {
      detail: `${rows} are not those of the other columns: ${told}${cause}${isClaimed ? refused : ''}`,
      share: lag !== null || isNothing ? 1 : Math.max(0, Math.min(1, 1 - (part?.kept ?? link.left))),
      statistic: link.changed,
      p: changedP(link),
      doubt: isClaimed ? REFUTED : 1,
      ...(!isClaimed && { otherwise }),
    }),
  );
}

/** What goes together only a little may do so because of the mix of rows, and ends with it; more of it where the others moved. */
function isClose({ strongest }: Link, { columns }: Context, witnesses: readonly Witness[]): boolean {
  const named = new Set(witnesses.map(({ name }) => name));
  const haveMoved = columns.some((pair) => named.has(pair.name) && hasMoved(pair));
  return Math.tanh(strongest) >= (haveMoved ? MIN_CLOSE_BESIDE_MOVED : MIN_CLOSE);
}

/** One column of numbers, and the closest witness that is one, too. */
function numbersOf(
  { columns }: Context,
  [pair, ...more]: readonly ColumnCells[],
  witnesses: readonly Witness[],
): { readonly pair: NumericCells; readonly closest: NumericCells } | null {
  const closest = witnesses
    .flatMap(({ name }) => columns.find((column) => column.name === name) ?? [])
    .find((column) => column.kind === 'numeric');
  return pair?.kind !== 'numeric' || closest === undefined || more.length > 0 ? null : { pair, closest };
}

function linksTo({ z, cells }: Context, name: string, witness: string): RankLink[] {
  return (cells.get(name) ?? []).flatMap((i) =>
    (cells.get(witness) ?? []).map((j): RankLink => {
      const [before, now] = [z.reference, z.current].map((of) => Math.tanh(of[i * z.size + j]!)) as [
        number,
        number,
      ];
      return { before, now, error: Math.sqrt(z.currentVariance * z.clumped(i, j)) };
    }),
  );
}

/** Of one column of numbers, by the closest witness that is one, too. */
function partOf(
  context: Context,
  accused: readonly ColumnCells[],
  witnesses: readonly Witness[],
): PartJoined | null {
  const both = numbersOf(context, accused, witnesses);
  if (both === null) return null;
  const { pair, closest } = both;
  const [link] = linksTo(context, pair.name, closest.name);
  if (link === undefined) return null;
  return partJoined(
    pair,
    { pair: closest, link },
    witnesses.flatMap(({ name }) => linksTo(context, pair.name, name)),
  );
}

/** Whether half of what is missing was so wherever the closest witness lay as it does now. */
function isLooseThere(
  context: Context,
  accused: readonly ColumnCells[],
  witnesses: readonly Witness[],
): boolean {
  const both = numbersOf(context, accused, witnesses);
  const [link] = both === null ? [] : linksTo(context, both.pair.name, both.closest.name);
  if (both === null || link === undefined) return false;
  const there = correlationWhereItLies(both.pair, both.closest);
  return (
    there !== null &&
    (link.before - there) * Math.sign(link.before - link.now) >= Math.abs(link.before - link.now) / 2
  );
}

/** Beside a feature the label is a witness like another: a changed relation would have left the feature. */
function isForsakenByLabel(context: Context, block: readonly string[]): boolean {
  const { label, trusted } = context;
  if (label === null || trusted.includes(label)) return false;
  const link = linkOf(context, block, [label]);
  const isGone = Math.abs(link.left) <= Math.max(SURE * link.error, NOTHING_LEFT);
  return beforeP(link) < LINKED_P && changedP(link) < PARTED_P && isGone;
}

interface Witness {
  readonly name: string;
  readonly link: Link;
}

/** Trusted columns that the block went with, the closest first. */
function witnessesOf({ z, cells, trusted }: Context, inside: readonly number[]): Witness[] {
  return trusted
    .map((name) => ({ name, link: linkBetween(z, inside, cells.get(name) ?? []) }))
    .filter(({ link }) => link.strongest >= MIN_LINK && beforeP(link) < LINKED_P && changedP(link) < PARTED_P)
    .sort((a, b) => b.link.strongest - a.link.strongest);
}

/** Correlations among these columns are the old ones, or differ by too little to matter. */
function isAsBefore(z: Correlations, cells: readonly number[]): boolean {
  const link = linkWithin(z, cells);
  if (changedP(link) > SAME_P) return true;
  return link.changed * z.variance <= SAME_LINK ** 2 * link.cells;
}

function toldOf(witnesses: readonly Witness[], link: Link, part: PartJoined | null): string {
  const names = listNames(witnesses.slice(0, SHOWN_LINKS).map(({ name }) => name));
  const strongest = Math.tanh(witnesses[0]?.link.strongest ?? 0).toFixed(2);
  if (part !== null)
    return `its rank correlations with ${names} (up to ${strongest}) are ${part.kept.toFixed(2)} times the old ones`;
  return `of its rank correlations with ${names} (up to ${strongest}) ${(100 * link.left).toFixed(0)} ± ${(100 * link.error).toFixed(0)} % are left`;
}
