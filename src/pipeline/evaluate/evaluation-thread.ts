/** What an evaluation thread does. Between jobs it holds nothing but baselines. */
import type { TimePatterns } from '../../core/findings.ts';
import { describeTimePattern, type PatternWindow } from '../../diagnose/pattern/time-pattern.ts';
import { ArrayGarbage } from '../../core/memory/array-garbage.ts';
import { silentLog } from '../../core/log.ts';
import { usePauses } from '../../core/memory/pauses.ts';
import { forgetKept } from '../../core/memory/remember.ts';
import { type EvaluationInput, type EvaluationOutput, evaluateWindow } from './evaluate-window.ts';
import { repackRows, type WantedRows } from '../../window/feature-chunk.ts';
import { isWorthForgetting } from './worth-forgetting.ts';
import { threadBaselines } from '../windows/baseline-cache.ts';
import { loadReturnMemory } from '../../core/memory/return-memory.ts';
import { type PartsToSum, type PartSums, sumStoredParts } from '../windows/sum-parts.ts';

/**
 * A job leaves tens of megabytes of arrays behind, which V8 lets lie as long as its own heap is small; a thread has an
 * arena of its own for them, which shrinks only when told to. A collection takes a twentieth of a second, off the main thread.
 */
const WORTH_BYTES = 24 * 2 ** 20;
/** Where the whole process holds much, less is worth it. */
const MUCH_BYTES = 420 * 2 ** 20;
const WORTH_OF_MUCH_BYTES = 6 * 2 ** 20;
/** From here on what was made of a baseline's columns (80 MB of a wide one) is forgotten once the whole window is judged by it. */
const TIGHT_BYTES = 400 * 2 ** 20;
/** From here on after each part of the work. */
const TIGHTER_BYTES = 430 * 2 ** 20;
/** From here on no baseline is kept for the next job, which then takes a few seconds more for a wide one. */
const PRESSING_BYTES = 470 * 2 ** 20;

export function evaluateInThread(input: EvaluationInput): EvaluationOutput {
  rowBytes = input.stored.chunks.values().reduce((sum, { length }) => sum + length, 0);
  try {
    return tidily(() => evaluateWindow(input, makeRoom));
  } finally {
    rowBytes = 0;
  }
}

export function sumWindowParts(input: PartsToSum): PartSums {
  return tidily(() => sumStoredParts(input));
}

export function describePattern(windows: PatternWindow[]): TimePatterns {
  return tidily(() => describeTimePattern(windows));
}

export function repack(wanted: readonly WantedRows[]): Uint8Array {
  return tidily(() => repackRows(wanted));
}

const returnMemory = await loadReturnMemory(silentLog);
usePauses(breathe);
const garbage = new ArrayGarbage();
/** Encoded, of the window that is looked at. */
let rowBytes = 0;

function tidily<T>(job: () => T): T {
  const result = job();
  if (mayForget(PRESSING_BYTES)) {
    threadBaselines.forget();
    // What was left with them is garbage now.
    garbage.expectAll();
  }
  collectIfWorth();
  return result;
}

/** Between two segments, the first of which is the whole window. */
function makeRoom(): void {
  if (mayForget(TIGHT_BYTES)) forgetKept();
  collectIfWorth();
}

/** Between two parts of a window's diagnosis. */
function breathe(): void {
  if (mayForget(TIGHTER_BYTES)) forgetKept();
  collectIfWorth();
}

function mayForget(fromBytes: number): boolean {
  return isWorthForgetting(threadBaselines.size + rowBytes, {
    rssBytes: process.memoryUsage.rss(),
    fromBytes,
  });
}

function collectIfWorth(): void {
  const isMuch = process.memoryUsage.rss() >= MUCH_BYTES;
  if (garbage.collectFrom(isMuch ? WORTH_OF_MUCH_BYTES : WORTH_BYTES)) returnMemory?.();
}
