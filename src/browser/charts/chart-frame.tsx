import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from 'react';
import { displayText } from '../../words/display-text.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { harmless } from '../parts/harmless.ts';
import { csvText, type NumberTable, saveText } from './save-table.ts';
import { savePicture } from './save-picture.ts';

/** A table of a row a column of time is there for whoever searches the page; a longer one when it is opened. */
const MOST_ROWS_UNSEEN = 400;
const LONGEST_TITLE = 300;

interface ChartFrameProps {
  readonly title: string;
  /** One line under the title. */
  readonly note?: ReactNode;
  /** The route that the numbers came from, as `useApi` asked it. */
  readonly url: string;
  /** The command that gives the same numbers; absent where none does. */
  readonly command?: string | undefined;
  readonly table: NumberTable;
  /** What the curves and colours stand for. */
  readonly legend?: ReactNode;
  readonly children: ReactNode;
}

/** A chart with its heading, its numbers as a table, and the ways to take them along. */
export function ChartFrame({ title: named, note, url, command, table, legend, children }: ChartFrameProps) {
  const title = displayText(named, LONGEST_TITLE);
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const picture = useRef<HTMLDivElement>(null);
  return (
    <section className="chart" aria-labelledby={id}>
      <header>
        <div>
          <h3 id={id}>{title}</h3>
          {note === undefined ? null : <p className="small soft">{note}</p>}
        </div>
        <details className="chart-menu" name="take-along" onKeyDown={closeByEscape}>
          <summary aria-label={`Take along: ${title}`}>Take along</summary>
          <div>
            <CopyButton text={() => location.href}>Copy link</CopyButton>
            <CopyButton text={() => curlOf(url)}>Copy curl</CopyButton>
            {command === undefined ? null : <CopyButton text={() => command}>Copy command</CopyButton>}
            <button type="button" onClick={() => saveText(`${title}.csv`, csvText(table))}>
              Download CSV
            </button>
            <button
              type="button"
              onClick={() => picture.current !== null && void savePicture(`${title}.png`, picture.current)}
            >
              Download PNG
            </button>
          </div>
        </details>
      </header>
      <div ref={picture}>{children}</div>
      {legend}
      <details className="numbers" onToggle={({ currentTarget: { open } }) => setIsOpen(open)}>
        <summary aria-label={`Show numbers: ${title}`}>Show numbers</summary>
        {isOpen || table.rows.length <= MOST_ROWS_UNSEEN ? <Numbers table={table} title={title} /> : null}
      </details>
    </section>
  );
}

/** Another one that is opened closes it, too: they share a name. */
function closeByEscape({ key, currentTarget: menu }: KeyboardEvent<HTMLDetailsElement>): void {
  if (key !== 'Escape' || !menu.open) return;
  menu.open = false;
  menu.querySelector('summary')?.focus();
}

function Numbers({ table: { columns, rows }, title }: { table: NumberTable; title: string }) {
  return (
    <div className="scroll numbers-frame" tabIndex={0} role="region" aria-label={`Numbers: ${title}`}>
      <table>
        <thead>
          <tr>
            {columns.map((name) => (
              <th key={name} scope="col">
                {displayText(name, LONGEST_TITLE)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td
                  key={columns[column] ?? column}
                  className={typeof cell === 'number' ? 'number' : undefined}
                >
                  {harmless(cell ?? '')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** In single quotes, since addresses hold `&` and names may hold anything. */
function curlOf(url: string): string {
  const address = new URL(url, location.origin).href.replaceAll("'", '%27');
  return `curl -H "Authorization: Bearer $TOKEN" '${address}'`;
}
