import { UserError } from '../../core/errors.ts';
import { listAnnotations, removeAnnotation } from '../../store/alerts/annotations.ts';
import type { AnnotationRow } from '../../store/rows/annotations.ts';
import { utcMinute } from '../../words/page-format.ts';
import type { OperationsIo } from '../terminal/ports.ts';
import { noteCommand } from '../terminal/note-command.ts';
import { textTable } from '../terminal/text-table.ts';
import { withDatabase } from '../terminal/with-database.ts';

const MOST_LISTED = 500;

export async function showAnnotations(
  io: OperationsIo,
  { model, all, json }: { readonly model?: string; readonly all?: boolean; readonly json?: boolean },
): Promise<void> {
  const { items } = await withDatabase(io, ({ pool }) =>
    listAnnotations(pool, { model, removed: all === true }, { limit: MOST_LISTED, after: null }),
  );
  if (json === true) io.print(`${JSON.stringify(items, null, 2)}\n`);
  else if (items.length === 0) io.say('Nobody has said of a change that it was expected.\n');
  else
    io.print(
      textTable(['ID', 'MODEL', 'WHAT', 'FROM (UTC)', 'UNTIL (UTC)', 'BY', 'COMMENT'], items.map(cells)),
    );
}

function cells(row: AnnotationRow): string[] {
  const { id, model, segment, from, until, removed_at, author, comment } = row;
  const where = segment === '' ? '' : ` [${segment}]`;
  const end = removed_at === null ? until : removed_at;
  return [
    id,
    `${model}${where}`,
    whatOf(row),
    utcMinute(from),
    end === null ? '-' : `${utcMinute(end)}${removed_at === null ? '' : ', taken back'}`,
    author,
    comment,
  ];
}

function whatOf({ kinds, moves, faults }: AnnotationRow): string {
  const names = [
    ...moves.map(({ name }) => name),
    ...faults.map(({ feature, fault }) => `${feature} ${fault}`),
  ];
  const of = names.length === 0 ? '' : ` of ${[...new Set(names)].join(', ')}`;
  return `${kinds.join(' and ').replaceAll('_', ' ')}${of}`;
}

export async function takeBack(io: OperationsIo, id: string, by: string, isDry: boolean): Promise<void> {
  const isId = /^[1-9]\d{0,17}$/.test(id);
  const row = isId
    ? await withDatabase(io, async ({ pool }) => {
        if (!isDry) {
          const removed = await removeAnnotation(pool, id, by, io.clock.nowMs());
          if (removed !== null) await noteCommand(io, pool, 'annotation.remove', id);
          return removed;
        }
        const { items } = await listAnnotations(pool, { removed: true }, { limit: 1, after: Number(id) + 1 });
        return items.find((each) => each.id === id) ?? null;
      })
    : null;
  if (row === null)
    throw new UserError(`there is no annotation ${JSON.stringify(id)}`, {
      fix: 'Take the first column of `shiftwatch annotations list`.',
    });
  io.say(
    `Annotation ${id} (${row.comment}) ${isDry ? 'would be' : 'is'} taken back: what shows ${whatOf(row)} again is told.\n`,
  );
}
