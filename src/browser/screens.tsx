import { type ComponentType, lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { Fleet } from './screens/fleet/fleet.tsx';
import { NotFound } from './screens/not-found.tsx';

/** A name of an address, as it was before it was encoded; the router decodes what it matches. */
type Named = Readonly<Record<string, string>>;

/**
 * The screens there are, by address; `src/api/routes/app.ts` answers the same addresses. All but the first are loaded
 * when they are gone to.
 */
const SCREENS: readonly (readonly [path: string, screen: ComponentType<{ params: Named }>])[] = [];

export function Screens() {
  return (
    <Suspense fallback={<p role="status">Loading …</p>}>
      <Switch>
        <Route path="/">
          <Fleet />
        </Route>
        {SCREENS.map(([path, Screen]) => (
          <Route key={path} path={path}>
            {(params) => <Screen params={params as Named} />}
          </Route>
        ))}
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Suspense>
  );
}

void lazy;
