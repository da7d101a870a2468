/** The table of ratios that are kept from run to run, in docs/records/performance.md; every one is better when higher. */

export const RATIOS = ['b to a', 'c to b', 'd to b', 'compare to pandas'] as const;
export type RatioName = (typeof RATIOS)[number];

/** Of rates and of processor seconds. */
export interface Ratio {
  readonly wall: number;
  readonly cpu: number;
}

export type Ratios = Partial<Record<RatioName, Ratio>>;

export interface KeptRow {
  readonly date: string;
  readonly commit: string;
  readonly machine: string;
  readonly node: string;
  readonly load: string;
  readonly command: string;
  readonly ratios: Ratios;
}

const FACTS = ['date', 'commit', 'machine', 'Node', 'load', 'command'] as const;
const HEADING = `| ${[...FACTS, ...RATIOS].join(' | ')} |`;
const RULE = `|${FACTS.map(() => '---|').join('')}${RATIOS.map(() => '--:|').join('')}`;

/**
 * Rows in order. A cell of a ratio is `wall; CPU`, or empty where it was not measured.
 * @throws where the page has no such table, or a cell holds something else
 */
export function readKept(page: string): KeptRow[] {
  return rowsOf(page).map((line) => {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    if (cells.length !== FACTS.length + RATIOS.length) throw new Error(`not a row of kept ratios: ${line}`);
    const [date = '', commit = '', machine = '', node = '', load = '', command = ''] = cells;
    const ratios: Ratios = {};
    for (const [i, name] of RATIOS.entries()) {
      const cell = cells[FACTS.length + i] ?? '';
      if (cell === '') continue;
      const found = /^(\d+\.\d+); (\d+\.\d+)$/.exec(cell);
      if (found === null) throw new Error(`not a ratio of wall and CPU: ${cell}`);
      ratios[name] = { wall: Number(found[1]), cpu: Number(found[2]) };
    }
    return { date, commit, machine, node, load, command: command.replaceAll('`', ''), ratios };
  });
}

/** The page with one row more at the end of its table. */
export function withRow(page: string, row: KeptRow): string {
  const rows = rowsOf(page);
  const facts = [row.date, row.commit, row.machine, row.node, row.load, `\`${row.command}\``];
  const ratios = RATIOS.map((name) => {
    const ratio = row.ratios[name];
    return ratio === undefined ? '' : `${ratio.wall.toFixed(2)}; ${ratio.cpu.toFixed(2)}`;
  });
  const line = `| ${[...facts, ...ratios].map((cell) => cell.replaceAll('|', '/')).join(' | ')} |`;
  const table = [HEADING, RULE, ...rows].join('\n');
  // A function, because a row may hold what a replacement would take for a pattern.
  return page.replace(table, () => `${table}\n${line}`);
}

function rowsOf(page: string): string[] {
  const start = page.indexOf(`${HEADING}\n${RULE}`);
  if (start < 0) throw new Error(`the page has no table of kept ratios: ${HEADING}`);
  const lines = page.slice(start).split('\n').slice(2);
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return end < 0 ? lines : lines.slice(0, end);
}
