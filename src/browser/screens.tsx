import { type ComponentType, lazy, Suspense } from 'react';
import { Route, Switch } from 'wouter';
import { namesIn } from './address/names-in.ts';
import { FleetScreen } from './screens/fleet/fleet.tsx';
import { NotFound } from './screens/not-found.tsx';

/** Names of an address, as they were before they were encoded. */
type Named = Readonly<Record<string, string>>;

type Screen = ComponentType<{ params: Named }>;

/** Loaded when it is gone to. */
const later = (load: () => Promise<Screen>): Screen => lazy(async () => ({ default: await load() }));

/** The screens there are, by address; `src/api/routes/screens/app.ts` answers the same addresses. */
const SCREENS: readonly (readonly [path: string, screen: Screen])[] = [
  ['/models/:model', later(async () => (await import('./screens/model/model.tsx')).Model)],
  [
    '/models/:model/features/:feature',
    later(async () => (await import('./screens/feature/feature.tsx')).FeatureScreen),
  ],
  ['/incidents/:id', later(async () => (await import('./screens/incident/incident.tsx')).IncidentScreen)],
  ['/incidents', later(async () => (await import('./screens/incidents/incidents.tsx')).IncidentsScreen)],
  [
    '/models/:model/performance',
    later(async () => (await import('./screens/performance/performance.tsx')).PerformanceScreen),
  ],
  [
    '/models/:model/versions',
    later(async () => (await import('./screens/versions/versions.tsx')).VersionsScreen),
  ],
  ['/windows/:id', later(async () => (await import('./screens/window/window.tsx')).WindowScreen)],
  ['/retrains', later(async () => (await import('./screens/retrains/retrains.tsx')).RetrainsScreen)],
  ['/retrains/:id', later(async () => (await import('./screens/retrains/retrain.tsx')).RetrainScreen)],
  ['/pipeline', later(async () => (await import('./screens/pipeline/pipeline.tsx')).PipelineScreen)],
  [
    '/configuration',
    later(async () => (await import('./screens/configuration/configuration.tsx')).ConfigurationScreen),
  ],
  ['/audit', later(async () => (await import('./screens/audit/audit.tsx')).AuditScreen)],
  ['/components', later(async () => (await import('./screens/components/components.tsx')).ComponentsScreen)],
];

export function Screens() {
  return (
    <Suspense fallback={<p role="status">Loading …</p>}>
      <Switch>
        <Route path="/">
          <FleetScreen />
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
