import { writeFileSync } from 'node:fs';
import { createRandom, type Random } from '../../src/stats/random.ts';

/**
 * What happens to the world, or to the pipeline, in one hour:
 * `young`: applicants are fifteen years younger, and repay as people of their age do (covariate shift);
 * `inverted`: the same people, but from 45 on they now do what was expected of the others (concept drift);
 * `thousandths`: income arrives in thousands (a fault; nothing else changes).
 */
export type Hour = 'usual' | 'young' | 'inverted' | 'thousandths';

interface Loan {
  readonly applicant_age: number;
  readonly income: number;
  readonly debt_ratio: number;
  readonly region: string;
  readonly score: number;
  readonly prediction: string;
  readonly label: string;
}

export interface Logs {
  readonly predictions: string[];
  readonly labels: string[];
}

export const MODEL = 'credit-risk';
export const ROWS_PER_HOUR = 400;
const HOUR_MS = 3_600_000;
const REGIONS = ['north', 'north', 'north', 'south', 'south', 'east', 'west'] as const;

/** The training data, made of the same world as the usual hours. */
export function writeTraining(path: string, rows = 5_000): void {
  const random = createRandom(20_260_101);
  const lines = ['applicant_age,income,debt_ratio,region,prediction,score,label'];
  for (let row = 0; row < rows; row += 1) {
    const loan = drawLoan(random, 'usual');
    lines.push(
      [
        loan.applicant_age,
        loan.income,
        loan.debt_ratio,
        loan.region,
        loan.prediction,
        loan.score,
        loan.label,
      ].join(','),
    );
  }
  writeFileSync(path, `${lines.join('\n')}\n`);
}

/** One hour of the model's logs: the same seed and hour are the same rows whenever it is run. */
export function drawHour(kind: Hour, index: number, startMs: number): Logs {
  const random = createRandom(1_000 + index);
  const logs: Logs = { predictions: [], labels: [] };
  for (let row = 0; row < ROWS_PER_HOUR; row += 1) {
    const { score, prediction, label, ...features } = drawLoan(random, kind);
    const id = { model: MODEL, prediction_id: `loan-${index}-${row}` };
    const atMs = startMs + Math.floor((row * HOUR_MS) / ROWS_PER_HOUR);
    const timestamp = new Date(atMs).toISOString();
    logs.predictions.push(
      JSON.stringify({ ...id, model_version: '1', timestamp, features, prediction, score }),
    );
    logs.labels.push(JSON.stringify({ ...id, timestamp: new Date(atMs + HOUR_MS).toISOString(), label }));
  }
  return logs;
}

function drawLoan(random: Random, kind: Hour): Loan {
  const age = (kind === 'young' ? 30 : 45) + 12 * normal(random);
  const debt = 0.35 + 0.1 * normal(random);
  const income = Math.exp(10.4 + 0.4 * normal(random));
  const region = REGIONS[Math.floor(random() * REGIONS.length)] ?? 'north';
  const risk = sigmoid(1.4 * ((debt - 0.35) / 0.1) - 1.4 * ((age - 45) / 12));
  const truth = kind === 'inverted' && age >= 45 ? 1 - risk : risk;
  return {
    applicant_age: rounded(age),
    income: rounded(kind === 'thousandths' ? income / 1_000 : income),
    debt_ratio: rounded(debt),
    region,
    score: rounded(risk),
    prediction: risk >= 0.5 ? 'default' : 'repaid',
    label: random() < truth ? 'default' : 'repaid',
  };
}

/** Box and Muller's, one of the pair. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
