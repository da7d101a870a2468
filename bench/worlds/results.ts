import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CaseGroup } from './case-plan.ts';
import type { PlayedCase } from './play-case.ts';

const keyOf = ({ group, at }: { readonly group: CaseGroup; readonly at: number }): string => `${group} ${at}`;

type Line = PlayedCase & { readonly source: string };

/** What was played of a world, a line a case; an interrupted run goes on behind the last. */
export class Results {
  private readonly path: string;
  private readonly source: string;
  private readonly played = new Map<string, PlayedCase>();

  /** @param source a hash of the code: lines that other code has written are thrown away */
  constructor(path: string, source: string) {
    this.path = path;
    this.source = source;
    mkdirSync(dirname(path), { recursive: true });
    const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n') : [];
    // The last line of a run that was killed may be half a line.
    const whole = lines.flatMap((line): Line[] => {
      const isWhole = line.startsWith('{') && line.endsWith('}');
      return isWhole ? [JSON.parse(line) as Line] : [];
    });
    const own = whole.filter((line) => line.source === source);
    for (const line of own) this.played.set(keyOf(line), line);
    writeFileSync(path, own.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  has(planned: { readonly group: CaseGroup; readonly at: number }): boolean {
    return this.played.has(keyOf(planned));
  }

  add(one: PlayedCase): void {
    this.played.set(keyOf(one), one);
    appendFileSync(this.path, `${JSON.stringify({ ...one, source: this.source })}\n`);
  }

  all(): PlayedCase[] {
    return [...this.played.values()];
  }
}
