import { HOUR_MS } from '../../src/core/clock.ts';
import type { Diagnosis } from '../../src/core/findings.ts';
import type { ModelCatalog } from '../../src/pipeline/windows/model-catalog.ts';
import { openAlert } from '../../src/store/alerts/alerts.ts';
import { writeEvaluation } from '../../src/store/evaluation/evaluations.ts';
import { ensureVersion } from '../../src/store/windows/models.ts';
import { inTransaction, type Pool } from '../../src/store/connection/pool.ts';
import { addWindow } from './act-rows.ts';

const SHIFTED: Diagnosis = {
  verdict: 'covariate_shift',
  types: ['covariate_shift'],
  not_tested: [],
  confidence: 0.99,
  evidence: [],
  faults: [],
  summary: 'age moved.',
  advice: 'watch',
  reason: null,
};

/** An incident that people were told about, with the verdict behind it. */
export async function firingAlert(
  pool: Pool,
  catalog: ModelCatalog,
  startMs: number,
  nextReminderAtMs: number,
): Promise<void> {
  const modelVersionId = await ensureVersion(pool, catalog.models[0]?.id ?? 0, '1');
  const lastWindowId = await addWindow(pool, modelVersionId, startMs);
  const window = { id: Number(lastWindowId), modelVersionId, modelName: 'credit-risk', versionName: '1' };
  const compared = { features: [], prediction: null, score: null, label: null, performance: null };
  const size = { reference: { rows: 1_000 }, current: { rows: 321 } };
  await inTransaction(pool, async (tx) => {
    await writeEvaluation(
      tx,
      { ...window, sizeMs: HOUR_MS, startMs, endMs: startMs + HOUR_MS, paneMs: null, baselineId: null },
      'closed',
      1,
      [{ segment: '', rows: 321, compared: { ...size, ...compared }, diagnosis: SHIFTED }],
    );
    await openAlert(
      tx,
      { modelVersionId, sizeMs: HOUR_MS, segment: '', series: 'closed', cause: 'shift' },
      {
        state: 'firing',
        verdict: 'covariate_shift',
        types: ['covariate_shift'],
        subjects: ['age'],
        firedVerdict: 'covariate_shift',
        toldTypes: ['covariate_shift'],
        windowsInARow: 1,
        verdictInARow: 1,
        cleanInARow: 0,
        sinceMs: startMs,
        lastWindowId,
        firedAtMs: startMs,
        resolvedAtMs: null,
        lastNotifiedAtMs: startMs,
        nextReminderAtMs,
      },
    );
  });
}
