import { expect, it } from 'vitest';
import { guessRoles } from '../../src/ingest/guess-roles.ts';

it('takes columns by their names, unless somebody said otherwise', () => {
  const columns = ['ID', 'Event-Time', 'age', 'y_pred', 'y_pred_proba', 'target'];
  expect(guessRoles(columns, {}, new Set())).toEqual({
    predictionId: 'ID',
    timestamp: 'Event-Time',
    prediction: 'y_pred',
    score: 'y_pred_proba',
    label: 'target',
  });
  const said = guessRoles([...columns, 'prediction'], { label: 'age' }, new Set(['ID', 'target']));
  expect(said).toEqual({ timestamp: 'Event-Time', score: 'y_pred_proba' });
});
