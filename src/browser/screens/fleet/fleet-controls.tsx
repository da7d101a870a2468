import { type KeyboardEvent as ReactKeyboardEvent, useEffect, useRef, useState } from 'react';
import type { Fleet } from '../../../store/rows/fleet.ts';
import { displayText } from '../../../words/display-text.ts';
import { wholeNumber } from '../../../words/page-format.ts';
import { useAddress } from '../../address/use-address.ts';
import { VerdictChoice } from '../../parts/verdict-choice.tsx';
import type { FleetQuery } from './fleet-request.ts';

const TYPED_MS = 150;

/** What of the fleet is shown, in what order. All of it stands in the address. */
export function FleetControls({ query, data }: { query: FleetQuery; data: Fleet | undefined }) {
  const address = useAddress();
  const set = (name: string, value: string): void =>
    address.set({ [name]: value === '' ? null : value }, { replace: true });
  const names = [...new Set(data?.tags.map(({ name }) => name))];
  const isNarrowed = query.q !== null || query.verdict !== null || query.tag !== null;
  return (
    <form className="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      <Search />
      <VerdictChoice
        value={query.verdict}
        choose={(verdict) => address.set({ verdict }, { replace: true })}
      />
      {names.length === 0 && query.tag === null ? null : (
        <label>
          Tag
          <select value={query.tag ?? ''} onChange={(event) => set('tag', event.target.value)}>
            <option value="">any</option>
            {tagOptions(data, query.tag).map(({ name, value, models }) => (
              <option key={`${name}=${value}`} value={`${name}=${value}`}>
                {displayText(`${name}: ${value} (${models})`, 200)}
              </option>
            ))}
          </select>
        </label>
      )}
      {names.length === 0 && query.group === null ? null : (
        <label>
          Group by
          <select value={query.group ?? ''} onChange={(event) => set('group', event.target.value)}>
            <option value="">nothing</option>
            {[...new Set(query.group === null ? names : [...names, query.group])].map((name) => (
              <option key={name} value={name}>
                {displayText(name)}
              </option>
            ))}
          </select>
        </label>
      )}
      <span role="status" className="small soft">
        {data === undefined || !isNarrowed
          ? ''
          : `${wholeNumber(data.total)} of ${wholeNumber(data.models)} fit`}
      </span>
      {isNarrowed ? (
        <button
          type="button"
          onClick={() => address.set({ q: null, verdict: null, tag: null }, { replace: true })}
        >
          Show all
        </button>
      ) : null}
    </form>
  );
}

/** One that the address names and no model has is shown as what it is: nothing. */
function tagOptions(data: Fleet | undefined, chosen: string | null): Fleet['tags'] {
  const tags = data?.tags ?? [];
  if (chosen === null || tags.some((tag) => textOf(tag) === chosen)) return tags;
  const [name = '', ...value] = chosen.split('=');
  return [...tags, { name, value: value.join('='), models: 0 }];
}

const textOf = ({ name, value }: Fleet['tags'][number]): string => `${name}=${value}`;

/** Follows the address; writes to it when somebody has stopped typing. `/` comes here from anywhere. */
function Search() {
  const address = useAddress();
  const field = useRef<HTMLInputElement>(null);
  const inAddress = address.get('q') ?? '';
  const [typed, type] = useState(inAddress);
  const [known, know] = useState(inAddress);
  if (known !== inAddress) {
    know(inAddress);
    if (inAddress !== typed.trim()) type(inAddress);
  }
  useEffect(() => {
    if (typed.trim() === inAddress) return;
    const timer = setTimeout(() => address.set({ q: typed.trim() || null }, { replace: true }), TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed, inAddress, address]);
  useEffect(() => {
    const come = (event: KeyboardEvent): void => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    document.addEventListener('keydown', come);
    return () => document.removeEventListener('keydown', come);
  }, []);
  const leave = (event: ReactKeyboardEvent<HTMLInputElement>): void => {
    if (event.key === 'Escape') type('');
  };
  return (
    <label>
      Search
      <input
        ref={field}
        type="search"
        value={typed}
        maxLength={256}
        placeholder="name of a model ( / )"
        onChange={(event) => type(event.target.value)}
        onKeyDown={leave}
      />
    </label>
  );
}

function isTyping({ target }: KeyboardEvent): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}
