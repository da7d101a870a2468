import { type FormEvent, useState } from 'react';
import { readMoment } from '../../../core/windows/period.ts';
import type { AuditRow } from '../../../store/rows/audit.ts';
import { words } from '../../../words/page-format.ts';
import { useTimeZone } from '../../address/time-zone.ts';
import { useAddress } from '../../address/use-address.ts';
import { ApiError, apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';

interface Page {
  readonly items: readonly AuditRow[];
  readonly next_cursor: string | null;
}

const PAGE = 50;
const FILTERS = ['actor', 'action', 'from', 'to'] as const;

/** Who changed what, and who was refused, newest first. */
export function AuditScreen() {
  const address = useAddress();
  const filter = Object.fromEntries(FILTERS.map((name) => [name, address.get(name)]));
  const chosen = JSON.stringify(filter);
  return (
    <>
      <ScreenTitle title="Audit" />
      <Filters key={chosen} filter={filter} />
      <Entries key={`entries ${chosen}`} filter={filter} />
      <p className="small soft">
        The same as text: <code>shiftwatch audit --since 7d</code>
      </p>
    </>
  );
}

function Filters({ filter }: { filter: Readonly<Record<string, string | null>> }) {
  const address = useAddress();
  const set = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = FILTERS.map((name) => {
      const text = form.get(name);
      return [name, typeof text === 'string' ? text.trim() || null : null] as const;
    });
    address.set(Object.fromEntries(given));
  };
  return (
    <form className="filters" role="search" onSubmit={set}>
      <label>
        Who <input name="actor" defaultValue={filter['actor'] ?? ''} maxLength={300} />
      </label>
      <label>
        Action
        <input
          name="action"
          defaultValue={filter['action'] ?? ''}
          maxLength={100}
          placeholder="alert.acknowledge"
        />
      </label>
      <label>
        From <input name="from" defaultValue={filter['from'] ?? ''} placeholder="2026-03-01T00:00Z, now-7d" />
      </label>
      <label>
        To <input name="to" defaultValue={filter['to'] ?? ''} placeholder="now" />
      </label>
      <button type="submit">Search</button>
    </form>
  );
}

/** A relative time is of the clock: what was done has no newest data. */
function momentOf(text: string | null | undefined, nowMs: number): string | null {
  const moment = text === null || text === undefined ? null : readMoment(text, nowMs);
  if (moment === null) return null;
  return new Date(moment.ofLatest ? nowMs + moment.ms : moment.ms).toISOString();
}

function Entries({ filter }: { filter: Readonly<Record<string, string | null>> }) {
  const [nowMs] = useState(() => Date.now());
  const [cursors, setCursors] = useState<readonly (string | null)[]>([null]);
  const { name } = useTimeZone();
  const period = { from: momentOf(filter['from'], nowMs), to: momentOf(filter['to'], nowMs) };
  return (
    <Panel title="Entries" aside={<span className="small soft">{`newest first, times ${name}`}</span>}>
      {cursors.map((cursor, at) => (
        <Entry
          key={cursor ?? ''}
          url={apiUrl('/audit', { ...filter, ...period, limit: PAGE, cursor })}
          label={at === 0 ? 'Audit entries' : `Audit entries, page ${at + 1}`}
          more={at === cursors.length - 1 ? (next) => setCursors([...cursors, next]) : null}
        />
      ))}
    </Panel>
  );
}

interface EntryProps {
  readonly url: string;
  readonly label: string;
  /** Null: what comes next is there already. */
  readonly more: ((cursor: string) => void) | null;
}

function Entry({ url, label, more }: EntryProps) {
  const asked = useApi<Page>(url);
  if (asked.error instanceof ApiError && asked.error.status === 403) {
    return (
      <Empty
        title="The audit trail names people: it is shown to who signs in with the scope operate."
        command="shiftwatch token create --name NAME --scopes operate"
      />
    );
  }
  return (
    <Loaded asked={asked}>
      {({ items, next_cursor: next }) => (
        <>
          <DataTable
            of={label}
            columns={[
              { name: 'When', cell: ({ at }) => <Moment at={at} /> },
              { name: 'Who', cell: (row) => row.actor_name ?? row.actor },
              { name: 'Action', cell: ({ action }) => <code>{action}</code> },
              { name: 'What it was done to', cell: ({ target }) => target ?? '' },
              { name: 'Outcome', cell: outcomeOf },
              { name: 'From', cell: ({ address }) => address ?? 'a command' },
            ]}
            rows={items}
            keyOf={({ id }) => id}
            none="Nothing was changed, signed in to or refused that fits."
          />
          {next === null || more === null ? null : (
            <button type="button" onClick={() => more(next)}>
              Show more
            </button>
          )}
        </>
      )}
    </Loaded>
  );
}

function outcomeOf({ outcome, reason, times }: AuditRow): string {
  const why = reason === null ? '' : `: ${words(reason)}`;
  return `${outcome}${why}${times > 1 ? `, ${times} times` : ''}`;
}
