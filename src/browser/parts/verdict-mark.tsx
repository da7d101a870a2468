import type { VerdictKind } from '../../core/findings.ts';
import { type Mark, markOf } from '../../words/verdict-mark.ts';

/** A verdict as it looks everywhere: its letter on its colour, and its word beside it. */
export function VerdictMark({ verdict, short = false }: { verdict: VerdictKind; short?: boolean }) {
  return <MarkShown mark={markOf(verdict)} short={short} />;
}

/** The same of what is no verdict: no data, not judged yet. */
export function MarkShown({ mark: { letter, style, name }, short = false }: { mark: Mark; short?: boolean }) {
  return (
    <span className="verdict-mark">
      <span className={`chip ${style}`} aria-hidden={!short} title={name}>
        {letter}
      </span>
      <span className={short ? 'hidden' : undefined}>{name}</span>
    </span>
  );
}
