import { optionsOf } from '../../stats/detectors/create-detector.ts';
import type { DetectorDefinition } from '../../stats/detectors/detector.ts';
import type { Detected } from '../../files/detect/file.ts';
import { oneLine, textTable } from '../terminal/text-table.ts';

interface Place {
  readonly index: number;
  /** 1-based, in the file; null for a value of an earlier run. */
  readonly position: number | null;
  readonly time: string | null;
}

/** As `detect --json` prints it. Indexes are 0-based in the order looked at; positions are 1-based in the file. */
export function detectionJson(detected: Detected): object {
  const { series, detector, seenBefore, detection } = detected;
  return {
    series: {
      name: series.name,
      unit: series.unit,
      values: series.values.length,
      skipped: detection.skipped,
    },
    detector: { name: detector.definition.name, options: detector.options },
    seen_before: seenBefore,
    drifts: detection.drifts.map(({ index, changeIndex }) => ({
      ...placeOf(detected, index),
      change: changeIndex === null ? null : placeOf(detected, changeIndex),
    })),
    warnings: detection.warnings,
    warning_since: detection.warningSince === null ? null : placeOf(detected, detection.warningSince),
  };
}

/** For people: what was looked at, each drift on a line, and a sentence on how it stands now. */
export function detectionReport(detected: Detected): string {
  const { series, seenBefore, detection } = detected;
  const used = series.values.length - detection.skipped;
  const before = seenBefore === 0 ? '' : `, after ${seenBefore} in earlier runs`;
  const head = `${oneLine(series.name)}: ${used} values${before}\n${usedDetector(detected)}\n\n`;
  return head + driftTable(detected) + standing(detected);
}

function usedDetector({ detector: { definition, options } }: Detected): string {
  const changed = optionsOf(definition).filter((spec) => options[spec.name] !== spec.default);
  const said = changed.map(({ name }) => `${name}=${options[name] ?? ''}`).join(' ');
  const sees = definition.sees === 'increase' && options['two_sided'] !== 1 ? '; sees increases only' : '';
  return `${definition.title}${said === '' ? '' : ` (${said})`}${sees}`;
}

function driftTable(detected: Detected): string {
  const { series, detection } = detected;
  if (detection.drifts.length === 0) return '';
  const unit = series.unit === 'row' ? 'ROW' : 'WINDOW';
  const hasTimes = series.timeMs !== null;
  const cells = (place: Place | null): string[] => {
    const position = place === null ? 'not known' : (place.position?.toString() ?? 'an earlier run');
    return hasTimes ? [position, place?.time ?? ''] : [position];
  };
  const headings = [
    'DRIFT AT ' + unit,
    ...(hasTimes ? ['TIME'] : []),
    'BEGAN ABOUT ' + unit,
    ...(hasTimes ? ['TIME'] : []),
  ];
  const rows = detection.drifts.map(({ index, changeIndex }) => [
    ...cells(placeOf(detected, index)),
    ...cells(changeIndex === null ? null : placeOf(detected, changeIndex)),
  ]);
  return `${textTable(headings, rows)}\n`;
}

function standing(detected: Detected): string {
  const { series, detector, detection } = detected;
  const { drifts, warnings, warningSince } = detection;
  const found =
    drifts.length === 0 ? 'No drift.' : drifts.length === 1 ? '1 drift.' : `${drifts.length} drifts.`;
  if (!detector.definition.warns) return `${found}\n`;
  if (warningSince === null)
    return `${found} ${warnings} ${series.unit}s in the warning zone, none at the end.\n`;
  const place = placeOf(detected, warningSince);
  return `${found} Warning since ${series.unit} ${place.position ?? ''}${place.time === null ? '' : ` (${place.time})`}.\n`;
}

function placeOf({ series }: Detected, index: number): Place {
  const atMs = series.timeMs?.[index];
  return {
    index,
    position: series.positions[index] ?? null,
    time: atMs === undefined || Number.isNaN(atMs) ? null : new Date(atMs).toISOString(),
  };
}

/** `detect --list` */
export function detectorList(definitions: readonly DetectorDefinition[]): string {
  const kinds = { number: 'any numbers', unit: 'numbers from 0 to 1', binary: '0 and 1' };
  return definitions
    .map((definition) => {
      const options = optionsOf(definition).map((spec) => [`  ${spec.name}=${spec.default}`, spec.about]);
      const width = Math.max(...options.map(([assignment]) => assignment?.length ?? 0));
      const lines = options.map(
        ([assignment, about]) => `${(assignment ?? '').padEnd(width)}  ${about ?? ''}\n`,
      );
      return `${definition.name}: ${definition.title}; reads ${kinds[definition.takes]}\n${lines.join('')}`;
    })
    .join('\n');
}
