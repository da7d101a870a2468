/** Builds the browser application now rather than when it is first served, for an image: `node src/dashboard/app/build-ahead.ts`. */
import { silentLog } from '../../core/log.ts';
import { startDashboardApp } from './dashboard-app.ts';

const state = await startDashboardApp(silentLog).settled;
if (state.state !== 'ready') {
  console.error(state.state === 'failed' ? state.reason : state.state);
  process.exitCode = 1;
}
