import { displayText } from '../../words/display-text.ts';

/** What of the address is not understood, a sentence each. */
export function Problems({ problems }: { problems: readonly string[] }) {
  return problems.map((problem) => (
    <p key={problem} className="failed" role="alert">
      {displayText(problem, 400)}
    </p>
  ));
}
