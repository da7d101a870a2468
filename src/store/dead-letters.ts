import type { DeadLetter } from '../core/dead-letter.ts';
import type { Tx } from './pool.ts';

export async function insertDeadLetters(tx: Tx, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  await tx.query(
    `insert into dead_letter (source, partition, "offset", reason, detail, model, bytes, byte_length)
     select * from unnest($1::text[], $2::int[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::bytea[],
                          $8::bigint[])`,
    [
      letters.map((letter) => letter.position.source),
      letters.map((letter) => letter.position.partition),
      letters.map((letter) => letter.position.offset.toString()),
      letters.map((letter) => letter.reason),
      letters.map((letter) => storable(letter.detail)),
      letters.map((letter) => (letter.model === null ? null : storable(letter.model))),
      letters.map((letter) => Buffer.from(letter.bytes)),
      letters.map((letter) => letter.byteLength),
    ],
  );
}

/** Postgres' text holds every character but NUL. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\uFFFD');
}
