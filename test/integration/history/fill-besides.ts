import { randomUUID } from 'node:crypto';
import type { Pool } from '../../../src/store/connection/pool.ts';

/** Rows that take a whole service to come about, each of which names features of the model `loans`. */
export async function fillBesides(
  pool: Pool,
  { names, said }: { readonly names: readonly string[]; readonly said: string },
): Promise<void> {
  const [device] = names;
  const evidence = [{ claim: said, statistic: 'psi', value: 3.1, p_value: 0 }];
  const alert = (
    await pool.query<{ id: number; version: number }>(
      'select id, model_version_id as version from alert order by id limit 1',
    )
  ).rows[0]!;
  const windowId = (await pool.query<{ id: number }>('select min(id) as id from "window"')).rows[0]!.id;
  await pool.query(
    `insert into held_notification (alert_id, kind, window_id, reason, until_at, by, held_at, notification)
     values ($1, 'firing', $2, 'silenced', now(), 'anna', now(), $3)`,
    [alert.id, windowId, JSON.stringify({ model: 'loans', diagnosis: { summary: said, evidence } })],
  );
  await pool.query(
    `insert into digest_entry (channel, key, model, incident_id, decided_at, entry)
     values ('mail', 'k', 'loans', '1', now(), $1)`,
    [JSON.stringify({ model: 'loans', subjects: [device, 'age'], summary: said })],
  );
  await pool.query(
    `insert into retrain_run (id, model_version_id, state, trigger, reason, webhook, request, metrics, detail)
     values ($1, $2, 'succeeded', 'drift', 'r', 'w', $3, $4, $5)`,
    [
      randomUUID(),
      alert.version,
      JSON.stringify({ model: 'loans', summary: said, evidence }),
      JSON.stringify({ importance: { [device!]: 0.4, age: 0.1 } }),
      said,
    ],
  );
  await pool.query(
    `insert into silence (matchers, starts_at, ends_at, author, comment) values ($1, now(), now() + interval '1 hour', 'anna', $2)`,
    [JSON.stringify([{ name: 'feature', operator: '=', value: device }]), said],
  );
  await pool.query(
    `insert into surplus_column (model_id, dropped, names) select id, 3, array[$1, 'other'] from model`,
    [device],
  );
  await pool.query(
    `insert into column_habit (baseline_id, size_ms, feature, rows, fill, missing, novel, run)
     select id, 3600000, f, 1, 0, 0, 0, 1 from baseline, unnest($1::text[]) f on conflict do nothing`,
    [names],
  );
  await pool.query(
    `insert into day_profile (model_version_id, baseline_id, every, start_at, segment, kind, rows, windows, stored_at, profile)
     select distinct on (w.id, p.segment, p.kind, e.every) w.model_version_id, w.baseline_id, e.every, date '2020-01-06' + 7 * w.id::int, p.segment, p.kind, p.rows, 1,
       now(), p.delta
     from window_part p join "window" w on w.id = p.window_id cross join (values ('day'), ('week')) as e (every) where p.kind <> 'rows'`,
  );
  const outbox = (
    await pool.query<{ id: number }>(`select id from outbox where kind = 'notify' order by id limit 1`)
  ).rows[0]!.id;
  const delivery = randomUUID();
  await pool.query(
    `insert into delivery (id, outbox_id, kind, target, state, message_id, last_error)
     values ($1, $2, 'email', 'a@b', 'dead', 'm', $3)`,
    [delivery, outbox, said],
  );
  await pool.query(
    `insert into delivery_attempt (delivery_id, attempt, outcome, detail, duration_ms) values ($1, 1, 'refused', $2, 1)`,
    [delivery, said],
  );
  await pool.query(
    `insert into unreadable_part (part_id, window_id, segment, kind, error) values (1, $1, '', 'input', $2)`,
    [windowId, `stored counts of ${device} belong to another baseline`],
  );
  await pool.query(
    `insert into duty (process, name, role, every_ms, since, last_error, failures, seen_at)
     values ('p', 'n', 'evaluate', 1, now(), $1, 1, now())`,
    [`stored counts of ${device} belong to another baseline`],
  );
}
