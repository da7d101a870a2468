import { displayText } from '../../words/display-text.ts';
import { modelPath, useAddress } from '../address/use-address.ts';
import { Go } from '../parts/link.tsx';

const SCREENS = [
  ['', 'Overview'],
  ['/performance', 'Performance'],
  ['/versions', 'Versions'],
] as const;

/** From one screen of a model to the others. */
export function ModelScreens({ model }: { model: string }) {
  const { path } = useAddress();
  return (
    <nav className="tabs" aria-label={`Screens of ${displayText(model, 300)}`}>
      {SCREENS.map(([rest, name]) => {
        const to = modelPath(model, rest);
        return (
          <Go key={rest} to={to} current={path === to}>
            {name}
          </Go>
        );
      })}
    </nav>
  );
}
