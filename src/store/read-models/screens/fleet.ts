import { type AskedMoment, SHORTEST_SPAN_MS, SHORTEST_WINDOWS } from '../../../core/windows/period.ts';
import type { Queryable } from '../../connection/pool.ts';
import { selectOne } from '../../connection/select.ts';
import type { Fleet, FleetModel } from '../../rows/fleet.ts';
import { FLEET } from './fleet-sql.ts';

export const FLEET_ORDERS = ['verdict', 'name', 'incidents', 'rows', 'window'] as const;

export interface FleetRequest {
  readonly nowMs: number;
  /** Null: as long as the windows of most models ask for. */
  readonly from: AskedMoment | null;
  readonly to: AskedMoment;
  readonly order: (typeof FLEET_ORDERS)[number];
  readonly descending: boolean;
  /** A part of the name, in either case. */
  readonly search: string | null;
  /** Of the newest window or of an open incident. */
  readonly verdict: string | null;
  readonly tag: { readonly name: string; readonly value: string } | null;
  readonly group: string | null;
  readonly limit: number;
  readonly offset: number;
}

type Estimate = { value: number | null; interval: [number, number] | null; valid: boolean } | null;

interface FlatFleet extends Pick<Fleet, 'models' | 'tags' | 'groups' | 'total'> {
  from: string;
  to: string;
  needing: number;
  looked_after: number;
  worst: Fleet['needing']['worst'];
  items: (Omit<FleetModel, 'performance' | 'ribbon'> & {
    metric: string;
    realised: FleetModel['performance']['realised'];
    estimated: Estimate;
    ribbon: [startMs: number, endMs: number, FleetModel['ribbon'][number]['verdict']][] | null;
  })[];
}

/**
 * How models stand, a page of those that fit. One statement: a few looks at indexes for every model, and for those of the
 * page their windows of the period, added up to 96 columns. A model is shown by its smallest windows.
 */
export async function loadFleet(db: Queryable, request: FleetRequest): Promise<Fleet> {
  const { from, to } = request;
  const found = await selectOne<FlatFleet>(db, FLEET, [
    request.nowMs,
    from?.ms ?? null,
    from?.ofLatest ?? false,
    to.ms,
    to.ofLatest,
    SHORTEST_SPAN_MS,
    SHORTEST_WINDOWS,
    request.order,
    request.descending,
    request.search,
    request.verdict,
    request.tag?.name ?? null,
    request.group,
    request.limit,
    request.offset,
    request.tag?.value ?? null,
  ]);
  if (found === null) throw new Error('the fleet has no row');
  const { models, tags, groups, total, worst, looked_after, needing } = found;
  return {
    period: { from: found.from, to: found.to },
    models,
    needing: { models: needing, worst, looked_after },
    tags,
    groups,
    total,
    offset: request.offset,
    items: found.items.map(fleetModel),
  };
}

function fleetModel({
  metric,
  realised,
  estimated,
  ribbon,
  ...rest
}: FlatFleet['items'][number]): FleetModel {
  const { value = null, interval = null, valid = false } = estimated ?? {};
  return {
    ...rest,
    performance: { metric, realised, estimated: value === null ? null : { value, interval, valid } },
    ribbon: joined(ribbon ?? []),
  };
}

/** Columns beside each other that say the same are one stretch. */
function joined(columns: NonNullable<FlatFleet['items'][number]['ribbon']>): FleetModel['ribbon'] {
  const spans: { startMs: number; endMs: number; verdict: FleetModel['ribbon'][number]['verdict'] }[] = [];
  for (const [startMs, endMs, verdict] of columns) {
    const last = spans.at(-1);
    if (last !== undefined && last.verdict === verdict && last.endMs >= startMs) last.endMs = endMs;
    else spans.push({ startMs, endMs, verdict });
  }
  return spans.map(({ startMs, endMs, verdict }) => ({
    start: new Date(startMs).toISOString(),
    end: new Date(endMs).toISOString(),
    verdict,
  }));
}
