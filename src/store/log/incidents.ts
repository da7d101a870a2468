import type { Tx } from '../connection/pool.ts';

/**
 * - `records_lost`: retention deleted records before they were read.
 * - `log_recreated`: the log was deleted and made anew, and is read from its beginning.
 */
export type LogIncidentKind = 'records_lost' | 'log_recreated';

export interface LogIncident {
  readonly source: string;
  readonly partition: number;
  readonly kind: LogIncidentKind;
  /** The first offset not read. */
  readonly from: bigint;
  /** Where reading went on. */
  readonly to: bigint;
  /** Offsets stepped over, as far as they are known. */
  readonly records: bigint;
  readonly epoch: number;
}

/** In the transaction that steps over the stretch, so that each is told of once. */
export async function recordIncident(tx: Tx, incident: LogIncident): Promise<string> {
  const stored = await tx.query<{ id: string }>(
    `insert into log_incident (source, partition, kind, from_offset, to_offset, records, epoch)
     values ($1, $2, $3, $4, $5, $6, $7) returning id::text`,
    [
      incident.source,
      incident.partition,
      incident.kind,
      incident.from.toString(),
      incident.to.toString(),
      incident.records.toString(),
      incident.epoch,
    ],
  );
  const id = stored.rows[0]?.id;
  if (id === undefined) throw new Error('insert of an incident returned nothing');
  return id;
}
