import { type ComponentType, lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { namesIn } from './address/use-address.ts';
import { Fleet } from './screens/fleet/fleet.tsx';
import { NotFound } from './screens/not-found.tsx';

/** Names of an address, as they were before they were encoded. */
type Named = Readonly<Record<string, string>>;

/**
 * The screens there are, by address; `src/api/routes/app.ts` answers the same addresses. All but the first are loaded
 * when they are gone to.
 */
const SCREENS: readonly (readonly [path: string, screen: ComponentType<{ params: Named }>])[] = [
  [
    '/incidents/:id',
    lazy(async () => ({ default: (await import('./screens/incident/incident.tsx')).Incident })),
  ],
  [
    '/models/:model/features/:feature',
    lazy(() => import('./screens/feature/feature.tsx').then((m) => ({ default: m.Feature }))),
  ],
  ['/windows/:id', lazy(() => import('./screens/window/window.tsx').then((m) => ({ default: m.Window })))],
  [
    '/models/:model/performance',
    lazy(async () => ({
      default: (await import('./screens/performance/performance.tsx')).PerformanceScreen,
    })),
  ],
  [
    '/models/:model/versions',
    lazy(async () => ({ default: (await import('./screens/versions/versions.tsx')).VersionsScreen })),
  ],
  [
    '/retrains',
    lazy(async () => ({ default: (await import('./screens/retrains/retrains.tsx')).RetrainsScreen })),
  ],
  [
    '/retrains/:id',
    lazy(async () => ({ default: (await import('./screens/retrains/retrain.tsx')).RetrainScreen })),
  ],
  [
    '/pipeline',
    lazy(async () => ({ default: (await import('./screens/pipeline/pipeline.tsx')).PipelineScreen })),
  ],
  [
    '/configuration',
    lazy(async () => ({
      default: (await import('./screens/configuration/configuration.tsx')).ConfigurationScreen,
    })),
  ],
];

export function Screens() {
  return (
    <Suspense fallback={<p role="status">Loading …</p>}>
      <Switch>
        <Route path="/">
          <Fleet />
        </Route>
        {SCREENS.map(([path, Screen]) => (
          <Route key={path} path={path}>
            {() => <Screen params={namesIn(path, location.pathname)} />}
          </Route>
        ))}
        <Route>
          <NotFound />
        </Route>
      </Switch>
    </Suspense>
  );
}
