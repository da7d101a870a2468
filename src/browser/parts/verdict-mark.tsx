import type { VerdictKind } from '../../core/findings.ts';
import { markOf } from '../../words/verdict-mark.ts';

/** A verdict as it looks everywhere: its letter on its colour, and its word beside it. */
export function VerdictMark({ verdict, short = false }: { verdict: VerdictKind; short?: boolean }) {
  const { letter, style, name } = markOf(verdict);
  return (
    <span className="verdict-mark">
      <span className={`chip ${style}`} aria-hidden={!short} title={name}>
        {letter}
      </span>
      <span className={short ? 'hidden' : undefined}>{name}</span>
    </span>
  );
}
