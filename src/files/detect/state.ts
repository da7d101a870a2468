import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { UserError } from '../../core/errors.ts';
import { restoreDetector } from '../../stats/detectors/create-detector.ts';
import type { Detector } from '../../stats/detectors/detector.ts';

/** What `--state` keeps between runs. */
export interface SavedDetection {
  readonly series: string;
  /** Of the newest value looked at; null without times. */
  readonly lastTimeMs: number | null;
  readonly detector: Detector;
}

const VERSION = 1;

/** Null when there is no such file yet. */
export async function readState(file: string): Promise<SavedDetection | null> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw new UserError(`${file} cannot be read`, { cause: error });
  });
  return text === null ? null : parseState(file, text);
}

function parseState(file: string, text: string): SavedDetection {
  const refuse = (why: string): UserError =>
    new UserError(`${file} is no state to go on from: ${why}`, {
      fix: 'Name another file, or remove this one to start anew.',
    });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw refuse('it is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null) throw refuse('it is not an object');
  const { version, series, lastTimeMs, detector } = parsed as Record<string, unknown>;
  const timeFits =
    lastTimeMs === null || (typeof lastTimeMs === 'number' && Math.abs(lastTimeMs) <= LAST_DATE_MS);
  if (version !== VERSION || typeof series !== 'string' || !timeFits)
    throw refuse('it was not written by detect');
  const restored = restoreDetector(detector);
  if (!restored.ok) throw refuse(restored.error.detail);
  return { series, lastTimeMs, detector: restored.value };
}

/** A Date holds no more. */
const LAST_DATE_MS = 8.64e15;

/** Whole or not at all: a run that is killed leaves the old state, and of two at once each has a draft of its own. */
export async function writeState(
  file: string,
  { series, lastTimeMs, detector }: SavedDetection,
): Promise<void> {
  const text = `${JSON.stringify({ version: VERSION, series, lastTimeMs, detector: detector.save() })}\n`;
  const fresh = `${file}.${randomUUID()}`;
  try {
    await writeFile(fresh, text);
    await rename(fresh, file);
  } catch (error) {
    await rm(fresh, { force: true }).catch(() => {});
    throw new UserError(`the state cannot be written to ${file}`, { cause: error });
  }
}
