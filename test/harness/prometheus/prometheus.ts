import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { atEnd } from '../cleanup.ts';
import { freePort } from '../free-port.ts';
import { endingOf } from '../test-run.ts';

const DEPLOY = join(import.meta.dirname, '../../../deploy');
export const RULES = join(DEPLOY, 'prometheus/rules.yaml');

/** Debian's; in CI it has to be there. */
export function hasPrometheus(): boolean {
  try {
    execFileSync('prometheus', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

export interface Query {
  readonly title: string;
  readonly expr: string;
}

interface Panel {
  readonly title?: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** Of every panel of the board, with its variables set to everything. */
export function boardQueries(): Query[] {
  const { panels } = JSON.parse(readFileSync(join(DEPLOY, 'grafana/shiftwatch.json'), 'utf8')) as {
    panels: Panel[];
  };
  return panels.flatMap(({ title = '', targets = [] }) =>
    targets.map(({ expr }) => ({
      title,
      expr: expr.replaceAll('$model', '.*').replaceAll('$__rate_interval', '1m'),
    })),
  );
}

export function alertRules(): Query[] {
  const { groups } = parse(readFileSync(RULES, 'utf8')) as {
    groups: { rules: { alert: string; expr: string }[] }[];
  };
  return groups.flatMap(({ rules }) => rules.map(({ alert, expr }) => ({ title: alert, expr })));
}

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data?: { readonly result: readonly { readonly metric: Readonly<Record<string, string>> }[] };
}

/** A Prometheus that scrapes both pages of one process each second. @returns how to ask it */
export async function startPrometheus(
  target: string,
): Promise<(expr: string) => Promise<NonNullable<Answer['data']>['result']>> {
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-prometheus-'));
  const page = (path: string) => ({
    job_name: path,
    metrics_path: path,
    static_configs: [{ targets: [new URL(target).host] }],
  });
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [RULES],
    scrape_configs: [page('/metrics'), page('/metrics/fleet')],
  };
  writeFileSync(join(folder, 'prometheus.yml'), stringify(config));
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(
    'prometheus',
    [
      `--config.file=${folder}/prometheus.yml`,
      `--storage.tsdb.path=${folder}/data`,
      `--web.listen-address=${new URL(url).host}`,
    ],
    { stdio: 'ignore' },
  );
  atEnd(async () => {
    await endingOf(child.pid ?? 0)();
    rmSync(folder, { recursive: true, force: true });
  });
  return async (expr) => {
    const reply = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(expr)}`);
    const { status, error, data } = (await reply.json()) as Answer;
    if (status !== 'success' || data === undefined) throw new Error(`${expr}: ${error}`);
    return data.result;
  };
}
