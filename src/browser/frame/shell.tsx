import { type ReactNode, useEffect } from 'react';
import { useAddress } from '../address/use-address.ts';
import { useTimeZone } from '../address/time-zone.ts';
import { Go } from '../parts/link.tsx';
import { AddressProblem } from './address-problem.tsx';
import { OpenIncidents } from './open-incidents.tsx';
import { LiveState } from './live-state.tsx';
import { SignedIn } from './signed-in.tsx';

const PLACES = [
  ['/', 'Fleet'],
  ['/incidents', 'Incidents'],
  ['/retrains', 'Retrains'],
  ['/pipeline', 'Pipeline'],
  ['/configuration', 'Configuration'],
] as const;

/** What is around every screen: the way to the content, the places there are, how it is shown. */
export function Shell({ children }: { children: ReactNode }) {
  const address = useAddress();
  const theme = address.get('theme');
  useEffect(() => {
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset['theme'] = theme;
    else delete document.documentElement.dataset['theme'];
  }, [theme]);
  return (
    <>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <header className="bar">
        <Go to="/" className="product">
          shiftwatch
        </Go>
        <nav aria-label="Screens">
          {PLACES.map(([path, name]) => (
            <Go key={path} to={path} current={isAt(address.path, path)}>
              {name}
              {path === '/incidents' ? <OpenIncidents /> : null}
            </Go>
          ))}
        </nav>
        <div className="how">
          <LiveState />
          <ZoneSwitch />
          <ThemeSwitch />
          <SignedIn />
        </div>
      </header>
      <main id="content" tabIndex={-1}>
        <AddressProblem />
        {children}
      </main>
    </>
  );
}

function isAt(path: string, place: string): boolean {
  if (place === '/') return path === '/' || path.startsWith('/models/');
  return path === place || path.startsWith(`${place}/`);
}

function ZoneSwitch() {
  const address = useAddress();
  const { name } = useTimeZone();
  const isLocal = address.get('tz') === 'local';
  return (
    <button
      type="button"
      aria-label={`Times are ${name}; show ${isLocal ? 'UTC' : 'local time'}`}
      onClick={() => address.set({ tz: isLocal ? null : 'local' }, { replace: true })}
    >
      {name}
    </button>
  );
}

const NEXT_THEME = { system: 'light', light: 'dark', dark: null } as const;

function ThemeSwitch() {
  const address = useAddress();
  const theme = address.get('theme');
  const now = theme === 'light' || theme === 'dark' ? theme : 'system';
  return (
    <button
      type="button"
      aria-label={`Colours: ${now}; change`}
      onClick={() => address.set({ theme: NEXT_THEME[now] }, { replace: true })}
    >
      {now}
    </button>
  );
}
