import type { DeadLetterReason } from '../../core/events/dead-letter.ts';
import type { DeadLetterDetail, DeadLetterRow } from '../rows/dead-letters.ts';
import type { Queryable } from '../connection/pool.ts';
import { type Page, type PageRequest, cutPage } from '../connection/page.ts';
import { select, selectOne } from '../connection/select.ts';

export interface DeadLetterFilter {
  readonly reason?: DeadLetterReason | undefined;
  readonly model?: string | undefined;
  /** Absent: both. */
  readonly replayed?: boolean | undefined;
}

const COLUMNS = `
  id::text as id, source, partition, "offset"::text as offset, received_at, reason, detail,
  nullif(event_type, 'unknown') as event_type, model, byte_length, replayed_at, is_withheld as withheld`;

/** Newest first. */
export async function listDeadLetters(
  db: Queryable,
  filter: DeadLetterFilter,
  page: PageRequest<number>,
): Promise<Page<DeadLetterRow, number>> {
  const rows = await select<DeadLetterRow>(
    db,
    `select ${COLUMNS} from dead_letter
     where ($1::text is null or reason = $1)
       and ($2::text is null or model = $2)
       and ($3::boolean is null or (replayed_at is not null) = $3)
       and ($4::bigint is null or id < $4)
     order by dead_letter.id desc limit $5`,
    [filter.reason ?? null, filter.model ?? null, filter.replayed ?? null, page.after, page.limit + 1],
  );
  return cutPage(rows, page.limit, (row) => Number(row.id));
}

export async function findDeadLetter(db: Queryable, id: string): Promise<DeadLetterDetail | null> {
  return selectOne<DeadLetterDetail>(
    db,
    `select ${COLUMNS}, translate(encode(bytes, 'base64'), E'\\n', '') as bytes_base64
     from dead_letter where id = $1`,
    [id],
  );
}
