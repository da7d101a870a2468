import type { EffectiveConfiguration } from '../../../store/rows/pipeline.ts';
import { displayText } from '../../../words/display-text.ts';
import { plural } from '../../../words/page-format.ts';
import { useAddress } from '../../address/use-address.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { DataTable } from '../../parts/data-table.tsx';
import { Go } from '../../parts/link.tsx';
import { Panel } from '../../parts/panel.tsx';
import { Loaded } from '../../parts/state-notes.tsx';

type Entry = EffectiveConfiguration['entries'][number];

/** What is in force, and where each value comes from. */
export function ConfigurationScreen() {
  const address = useAddress();
  const asked = useApi<EffectiveConfiguration>(apiUrl('/configuration'));
  const sought = address.get('q') ?? '';
  const writtenOnly = address.get('source') === 'file';
  return (
    <>
      <ScreenTitle title="Configuration" />
      <Loaded asked={asked}>
        {({ file, entries }) => {
          const shown = entries.filter(
            (entry) =>
              (!writtenOnly || entry.line !== null) &&
              `${entry.path} ${entry.value}`.toLowerCase().includes(sought.toLowerCase()),
          );
          return (
            <Panel title={file}>
              <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
                <label>
                  Search{' '}
                  <input
                    type="search"
                    value={sought}
                    onChange={(event) => address.set({ q: event.target.value || null }, { replace: true })}
                  />
                </label>
                <label>
                  <input
                    type="checkbox"
                    checked={writtenOnly}
                    onChange={(event) =>
                      address.set({ source: event.target.checked ? 'file' : null }, { replace: true })
                    }
                  />{' '}
                  Only what is written
                </label>
                <span role="status" className="small soft">
                  {plural(shown.length, 'value')}
                </span>
              </form>
              <DataTable
                of="Values in force"
                columns={[
                  { name: 'Key', cell: ({ path }) => <code>{displayText(path, 400)}</code> },
                  { name: 'Value', cell: ({ value }) => value },
                  { name: 'From', cell: (entry) => sourceOf(entry, file) },
                ]}
                rows={shown}
                keyOf={({ path }) => path}
                none="No value in force is called so."
              />
            </Panel>
          );
        }}
      </Loaded>
      <p className="small soft">
        The same as text: <code>shiftwatch config print</code> ·{' '}
        <Go to="/audit" with={{ from: null, to: null }}>
          Who changed what, when
        </Go>{' '}
        · <Go to="/components">Components of these screens</Go>
      </p>
    </>
  );
}

function sourceOf({ line, file: included, reference }: Entry, file: string): string {
  if (line === null) return 'default';
  const folder = file.slice(0, file.lastIndexOf('/') + 1);
  const place = `${(included ?? file).replace(folder, '')}:${line}`;
  return reference === null ? place : `${place}, ${reference}`;
}
