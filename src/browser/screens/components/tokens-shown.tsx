import { contrast, DARK_COLOURS, LIGHT_COLOURS, SIZES } from '../../../words/tokens.ts';
import { DataTable } from '../../parts/data-table.tsx';
import { Panel } from '../../parts/panel.tsx';

type ColourName = keyof typeof LIGHT_COLOURS;

const SCHEMES = { light: LIGHT_COLOURS, dark: DARK_COLOURS } as const;

/** The palette and the scale, with how far each colour stands apart from a card. */
export function TokensShown() {
  return (
    <Panel title="Tokens">
      <h3>Colour</h3>
      <DataTable
        of="Colours"
        columns={[
          { name: 'Token', cell: (name) => <code>{`--${name}`}</code> },
          { name: 'Light', cell: (name) => <Swatch colour={LIGHT_COLOURS[name]} /> },
          { name: 'on a card', cell: (name) => onCard(name, 'light'), isNumber: true },
          { name: 'Dark', cell: (name) => <Swatch colour={DARK_COLOURS[name]} /> },
          { name: 'on a card ', cell: (name) => onCard(name, 'dark'), isNumber: true },
        ]}
        rows={Object.keys(LIGHT_COLOURS) as ColourName[]}
        keyOf={(name) => name}
        none=""
      />
      <h3>Type and space</h3>
      <DataTable
        of="Type and space"
        columns={[
          { name: 'Token', cell: ([name]) => <code>{`--${name}`}</code> },
          { name: 'Value', cell: ([, value]) => value },
          { name: 'As it looks', cell: ([name]) => <Size name={name} /> },
        ]}
        rows={Object.entries(SIZES)}
        keyOf={([name]) => name}
        none=""
      />
    </Panel>
  );
}

function onCard(name: ColourName, scheme: keyof typeof SCHEMES): string {
  return `${contrast(SCHEMES[scheme][name], SCHEMES[scheme].card).toFixed(1)}:1`;
}

function Swatch({ colour }: { colour: string }) {
  return (
    <>
      <span className="swatch" style={{ background: colour }} /> <code>{colour}</code>
    </>
  );
}

function Size({ name }: { name: string }) {
  if (name.startsWith('type-'))
    return <span style={{ fontSize: `var(--${name})` }}>Drift since Tuesday</span>;
  if (name.startsWith('space-')) return <span className="space-sample" style={{ width: `var(--${name})` }} />;
  if (name === 'radius') return <span className="swatch" style={{ borderRadius: 'var(--radius)' }} />;
  return <span style={{ fontFamily: `var(--${name})` }}>Drift since Tuesday, 0.127</span>;
}
