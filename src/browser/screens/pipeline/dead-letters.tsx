import { useState } from 'react';
import type { DeadLetterRow } from '../../../store/rows/dead-letters.ts';
import type { PipelineState } from '../../../store/rows/pipeline.ts';
import { formatCount } from '../../../words/format.ts';
import { words } from '../../../words/page-format.ts';
import { apiUrl, send } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Loaded } from '../../parts/state-notes.tsx';

interface Letters {
  readonly items: readonly DeadLetterRow[];
  readonly next_cursor: string | null;
}

interface Replayed {
  readonly accepted: number;
  readonly duplicates: number;
  readonly still_dead: readonly { readonly reason: string; readonly count: number }[];
}

/** What could not be read: how much, why, the newest of them, and reading them once more. */
export function DeadLetters({ counts }: { counts: PipelineState['dead_letters'] }) {
  const asked = useApi<Letters>(
    counts.length === 0 ? null : apiUrl('/dead-letters', { replayed: false, limit: 20 }),
  );
  if (counts.length === 0) return <p className="soft">Everything could be read.</p>;
  return (
    <>
      <DataTable
        of="Dead letters by reason"
        columns={[
          { name: 'Reason', cell: ({ reason }) => words(reason) },
          { name: 'Records', cell: ({ count }) => formatCount(count), isNumber: true },
          { name: 'Newest', cell: (row) => <Moment at={row.newest_at} /> },
          { name: 'Read again', cell: ({ reason }) => <Replay reason={reason} done={asked.again} /> },
        ]}
        rows={counts}
        keyOf={({ reason }) => reason}
        none=""
      />
      <Loaded asked={asked}>
        {({ items }) => (
          <DataTable
            of="The newest dead letters"
            columns={[
              { name: 'Received', cell: (row) => <Moment at={row.received_at} /> },
              { name: 'Reason', cell: ({ reason }) => words(reason) },
              { name: 'Model', cell: ({ model }) => model ?? '' },
              { name: 'Where', cell: ({ source, partition, offset }) => `${source}/${partition}@${offset}` },
              { name: 'What', cell: ({ detail }) => detail },
            ]}
            rows={items}
            keyOf={({ id }) => id}
            none=""
          />
        )}
      </Loaded>
    </>
  );
}

function Replay({ reason, done }: { reason: string; done: () => void }) {
  const [said, say] = useState('');
  const [isBusy, setBusy] = useState(false);
  const replay = async (): Promise<void> => {
    setBusy(true);
    try {
      const {
        accepted,
        duplicates,
        still_dead: dead,
      } = await send<Replayed>('POST', '/dead-letters/replay', { reason });
      const still = dead.reduce((sum, { count }) => sum + count, 0);
      say(
        `${formatCount(accepted)} stored, ${formatCount(duplicates)} there already, ${formatCount(still)} still unreadable.`,
      );
      done();
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button
        type="button"
        disabled={isBusy}
        aria-label={`Replay: ${words(reason)}`}
        onClick={() => void replay()}
      >
        {isBusy ? 'Replaying …' : 'Replay'}
      </button>{' '}
      <span role="status" className="small">
        {said}
      </span>
    </>
  );
}
