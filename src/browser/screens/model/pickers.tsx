import { type FormEvent, useId } from 'react';
import type { ModelOverview } from '../../../store/rows/model-screen.ts';
import { displayText } from '../../../words/display-text.ts';
import { useAddress } from '../../address/use-address.ts';
import type { ModelAsked } from './asked.ts';

type Option = readonly [value: string, text: string];

/** Which windows of the model every panel is of. */
export function Pickers({ facts, asked }: { facts: ModelOverview; asked: ModelAsked }) {
  const { narrowing, against } = asked;
  const versions = facts.versions.map(({ name, state }): Option => [
    name,
    state === 'active' ? name : `${name} (${state})`,
  ]);
  return (
    <div className="pickers" role="group" aria-label="What is shown">
      <Picker
        name="version"
        label="Version"
        value={narrowing.version}
        options={[['', 'all versions'], ...versions]}
      />
      <Picker
        name="size"
        label="Windows"
        value={narrowing.size}
        options={facts.sizes.map((text, at): Option => [at === 0 ? '' : text, text])}
      />
      <Picker
        name="segment"
        label="Segment"
        value={narrowing.segment}
        options={[['', 'all rows'], ...facts.segments.map((name): Option => [name, name])]}
      />
      <Picker
        name="series"
        label="Judged"
        value={narrowing.series}
        options={[
          ['', 'with labels where they are in'],
          ['closed', 'before labels (closed)'],
          ['matured', 'with labels (matured)'],
        ]}
      />
      <AgainstPicker facts={facts} against={against} />
    </div>
  );
}

/** What is laid under the curves. */
export function AgainstPicker({ facts, against }: { facts: ModelOverview; against: string | null }) {
  return (
    <Picker
      name="against"
      label="Compare with"
      value={against}
      options={[
        ['', 'nothing'],
        ['before', 'the period before'],
        ...facts.versions.map(({ name, state }): Option => [
          `version:${name}`,
          `version ${name}${state === 'active' ? '' : ` (${state})`}`,
        ]),
      ]}
    />
  );
}

interface PickerProps {
  readonly name: string;
  readonly label: string;
  readonly value: string | null;
  readonly options: readonly Option[];
}

function Picker({ name, label, value, options }: PickerProps) {
  const address = useAddress();
  const id = useId();
  const isListed = options.some(([each]) => each === value);
  return (
    <span className="picker">
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={isListed ? (value ?? '') : ''}
        onChange={(event) => address.set({ [name]: event.target.value === '' ? null : event.target.value })}
      >
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {displayText(text, 120)}
          </option>
        ))}
      </select>
    </span>
  );
}

/** Narrows the heat map, the table and the quadrants to features of a name. */
export function FeatureSearch() {
  const address = useAddress();
  const id = useId();
  const q = address.get('q') ?? '';
  const find = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const text = new FormData(event.currentTarget).get('q');
    address.set({ q: typeof text === 'string' && text !== '' ? text : null });
  };
  return (
    <form role="search" aria-label="Features" className="pickers" onSubmit={find} key={q}>
      <label htmlFor={id}>Features whose name holds</label>
      <input id={id} name="q" type="search" defaultValue={q} maxLength={256} />
      <button type="submit">Find</button>
      {q === '' ? null : (
        <button type="button" onClick={() => address.set({ q: null })}>
          Show all
        </button>
      )}
    </form>
  );
}
