import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { createMessages, SEGMENT_FEATURE } from './messages.ts';

const PROGRAM = join(import.meta.dirname, '../../bin/shiftwatch.js');

export interface ReaderOptions {
  readonly folder: string;
  readonly database: string;
  readonly brokers: string;
  readonly topic: string;
  readonly labelTopic?: string;
  readonly storePredictions: boolean;
  readonly features: number;
  /** Segments of the traffic; 1: none are configured. */
  readonly segments: number;
}

/** The configuration of a user who watches one model by the hour. */
export function configText(options: ReaderOptions): string {
  return stringify({
    database: options.database,
    kafka: {
      brokers: options.brokers,
      group_id: `shiftwatch${new URL(options.database).pathname.replace('/', '-')}`,
      session_timeout: '30s',
      topics: {
        predictions: [options.topic],
        ...(options.labelTopic !== undefined && { labels: [options.labelTopic] }),
      },
    },
    ingest: { checkpoint_every: '5s' },
    models: [
      {
        name: 'credit-risk',
        task: 'classification',
        positive_class: 'approve',
        store_predictions: options.storePredictions,
        windows: [{ size: '1h', accept_late: '5000d' }],
        labels: { horizon: '90d' },
        ...(options.segments > 1 && { segments: [SEGMENT_FEATURE] }),
      },
    ],
  });
}

/** Stores a training baseline, as a user does: from a file, by the command. */
export function createBaseline(options: ReaderOptions, trainingRows: number): void {
  const folder = readerFolder(options);
  const message = createMessages({ features: options.features, segments: options.segments }, 7);
  const lines = Array.from({ length: trainingRows }, (_, index) => {
    const { features, prediction, score } = message(index);
    return JSON.stringify({ ...(features as object), prediction, score, label: prediction });
  });
  writeFileSync(join(folder, 'training.jsonl'), `${lines.join('\n')}\n`);
  const args = ['baseline', 'create', '--model', 'credit-risk', '--version', '3', 'training.jsonl'];
  execFileSync(process.execPath, [PROGRAM, ...args], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** One process with the ingest role, as a user would start it. */
export function startReader(options: ReaderOptions): ChildProcess {
  return spawn(process.execPath, [PROGRAM, 'serve', '--roles', 'ingest'], {
    cwd: readerFolder(options),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function readerFolder(options: ReaderOptions): string {
  const folder = mkdtempSync(join(options.folder, 'reader-'));
  writeFileSync(join(folder, 'shiftwatch.yaml'), configText(options));
  return folder;
}
