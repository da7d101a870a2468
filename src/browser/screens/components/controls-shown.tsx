import { useState } from 'react';
import { TimeControl } from '../../frame/time-control.tsx';
import { CopyButton } from '../../parts/copy-button.tsx';
import { Go } from '../../parts/link.tsx';
import { Moment } from '../../parts/moment.tsx';
import { Panel } from '../../parts/panel.tsx';
import { VerdictChoice } from '../../parts/verdict-choice.tsx';
import { HOSTILE_NAME, LONG_NAME, SAMPLE_PERIOD } from './sample-data.ts';

/** What is pressed, chosen and typed into, and what says when and where. */
export function ControlsShown() {
  const [verdict, setVerdict] = useState<string | null>(null);
  const [isPressed, press] = useState(true);
  return (
    <Panel title="Controls" aside={<span className="small soft">with something aside</span>}>
      <h3>Buttons</h3>
      <p className="samples">
        <button type="button">Ordinary</button>
        <button type="button" className="primary">
          Primary
        </button>
        <button type="button" aria-pressed={isPressed} onClick={() => press(!isPressed)}>
          {isPressed ? 'Pressed' : 'Not pressed'}
        </button>
        <button type="button" disabled>
          Disabled
        </button>
        <CopyButton text={() => 'shiftwatch status'}>Copy command</CopyButton>
      </p>
      <h3>Fields</h3>
      <form className="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          Text <input defaultValue="age" />
        </label>
        <label>
          Empty <input placeholder="name of a model" />
        </label>
        <label>
          Disabled field <input disabled value="not now" />
        </label>
        <VerdictChoice value={verdict} choose={setVerdict} />
        <label>
          <input type="checkbox" defaultChecked /> Checked
        </label>
      </form>
      <h3>Period</h3>
      <TimeControl period={SAMPLE_PERIOD} />
      <TimeControl period={null} />
      <h3>Links, moments and names</h3>
      <p className="samples">
        <Go to="/components">A link</Go>
        <Go to="/components" current>
          Where one is
        </Go>
        <Moment at="2026-03-01T12:00:00.000Z" />
        <Moment at={null} />
        <span className="pill waiting">provisional</span>
        <span className="count concept">12</span>
        <code>code</code>
      </p>
      <p>{LONG_NAME}</p>
      <p>{HOSTILE_NAME}</p>
    </Panel>
  );
}
