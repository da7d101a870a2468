import { VERDICTS } from '../../src/core/findings.ts';
import type { VerdictKind } from '../../src/core/findings.ts';
import { wilsonInterval } from '../../src/stats/intervals.ts';
import type { PlayedCase } from './play-case.ts';

type Cases = readonly PlayedCase[];

/** The tables of docs/records/verdicts.md, in Markdown. */
export function report(played: Cases): string {
  const shifts = played.filter(({ shift }) => shift.fault === null && shift.kind !== 'none');
  const nulls = played.filter(({ shift }) => shift.kind === 'none');
  const faults = played.filter(({ shift }) => shift.fault !== null);
  const bar = shifts.filter(({ meetsBar }) => meetsBar);
  const calledShift = nulls.filter(({ diagnosis }) => diagnosis.verdict !== 'none');
  const rows = [
    shareRow('shifts that meet the bar, named right', bar.filter(isRight).length, bar.length),
    shareRow('… classification', ...rightOf(bar.filter(({ planned }) => planned.task === 'classification'))),
    shareRow('… regression', ...rightOf(bar.filter(({ planned }) => planned.task === 'regression'))),
    shareRow('all shifts, named right', ...rightOf(shifts)),
    shareRow(
      'all shifts, `undetermined`',
      shifts.filter(({ diagnosis }) => diagnosis.verdict === 'undetermined').length,
      shifts.length,
    ),
    shareRow('nothing changed, called a shift', calledShift.length, nulls.length),
    shareRow('faults named right, with their column', ...rightOf(faults)),
  ];
  const families = [...new Set(played.map(({ planned }) => planned.family.name))];
  const byFamily = families.map((family) => {
    const own = bar.filter(({ planned }) => planned.family.name === family);
    return shareRow(family, ...rightOf(own));
  });
  return [
    table(['', 'cases', 'share', '95 % interval'], rows),
    table(['family (shifts that meet the bar)', 'cases', 'right', '95 % interval'], byFamily),
    confusionTable('Shifts that meet the bar, and nothing', [...bar, ...nulls]),
    confusionTable('All cases', played),
    formTable(shifts),
    faultTable(faults),
    reliabilityTable(played),
  ].join('\n');
}

const isRight = (one: PlayedCase): boolean => one.isRight;

function rightOf(cases: Cases): [number, number] {
  return [cases.filter(isRight).length, cases.length];
}

function shareRow(name: string, count: number, of: number): string[] {
  if (of === 0) return [name, '0', '–', '–'];
  const [low, high] = wilsonInterval(count, of);
  return [name, `${count} of ${of}`, percent(count / of), `${percent(low)} to ${percent(high)}`];
}

function confusionTable(title: string, cases: Cases): string {
  const known = [...new Set(cases.map(({ shift }) => shift.verdict))];
  const columns = VERDICTS.filter(
    (verdict) => cases.some(({ diagnosis }) => diagnosis.verdict === verdict) || known.includes(verdict),
  );
  const lines = VERDICTS.filter((verdict) => known.includes(verdict)).map((verdict) => {
    const own = cases.filter(({ shift }) => shift.verdict === verdict);
    const count = (judged: VerdictKind): string => {
      const number = own.filter(({ diagnosis }) => diagnosis.verdict === judged).length;
      return number === 0 ? '' : String(number);
    };
    return [`\`${verdict}\``, ...columns.map(count)];
  });
  return `${title} (rows: what happened; columns: what was said)\n\n${table(['', ...columns.map((each) => `\`${each}\``)], lines)}`;
}

function formTable(shifts: Cases): string {
  const forms = [
    ...new Set(shifts.map(({ shift }) => `${shift.kind}${shift.form === null ? '' : `, ${shift.form}`}`)),
  ];
  const lines = forms.map((name) => {
    const own = shifts.filter(
      ({ shift }) => `${shift.kind}${shift.form === null ? '' : `, ${shift.form}`}` === name,
    );
    const bar = own.filter(({ meetsBar }) => meetsBar);
    return [
      name.replaceAll('_', ' '),
      `${bar.filter(isRight).length} of ${bar.length}`,
      `${own.filter(isRight).length} of ${own.length}`,
    ];
  });
  return table(['what happened', 'right, bar met', 'right, all'], lines);
}

function faultTable(faults: Cases): string {
  const names = [...new Set(faults.map(({ shift }) => shift.fault))];
  const lines = names.map((name) => {
    const own = faults.filter(({ shift }) => shift.fault === name);
    return [`\`${name ?? ''}\``, `${own.filter(isRight).length} of ${own.length}`];
  });
  return table(['fault', 'named right'], lines);
}

const LEVELS = [0, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995, 1.0001];

/** Cases by the confidence given: how often it was right. `undetermined` claims nothing. */
function reliabilityTable(played: Cases): string {
  const claimed = played.filter(({ diagnosis }) => diagnosis.verdict !== 'undetermined');
  const lines = LEVELS.slice(1).flatMap((high, i) => {
    const low = LEVELS[i] ?? 0;
    const own = claimed.filter(({ diagnosis }) => diagnosis.confidence >= low && diagnosis.confidence < high);
    if (own.length === 0) return [];
    const mean = own.reduce((sum, { diagnosis }) => sum + diagnosis.confidence, 0) / own.length;
    const [count, of] = rightOf(own);
    const [from, to] = wilsonInterval(count, of);
    return [
      [
        `${percent(low)} to ${percent(Math.min(1, high))}`,
        String(of),
        percent(mean),
        percent(count / of),
        `${percent(from)} to ${percent(to)}`,
      ],
    ];
  });
  return table(['confidence', 'cases', 'mean', 'right', '95 % interval'], lines);
}

export function wrongCases(played: Cases): string {
  const lines = played
    .filter((one) => !one.isRight)
    .map(({ planned, shift, effect, diagnosis, meetsBar }) => {
      const { family, task, model, rows, seed } = planned;
      const said = diagnosis.faults.map(({ fault, feature }) => `${fault} ${feature}`).join(', ');
      const size = `feature ${effect.feature.name} ${effect.feature.deviations.toFixed(2)} label ${effect.label.toFixed(2)} concept ${effect.concept.toFixed(2)} skill ${effect.skill.toFixed(2)}`;
      return `${meetsBar ? 'BAR ' : '    '}${family.name} ${task} ${model} ${rows.reference}/${rows.current} seed ${seed}: ${shift.kind} ${shift.form ?? ''} → ${diagnosis.verdict} ${diagnosis.confidence.toFixed(3)} [${said}] | ${shift.description} | ${size} | ${diagnosis.summary}\n`;
    });
  return `\n${lines.join('')}`;
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return `${row(head)}|${'---|'.repeat(head.length)}\n${lines.map(row).join('')}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
