import type { ReactNode } from 'react';
import { displayText } from '../../words/display-text.ts';
import { ApiError } from '../data/fetch-json.ts';
import type { Asked } from '../data/use-api.ts';

/** What there is to do where there is nothing to see. */
export function Empty({
  title,
  command,
  children,
}: {
  title: string;
  command?: string;
  children?: ReactNode;
}) {
  return (
    <div className="empty">
      <p className="lead">{displayText(title, 500)}</p>
      {children}
      {command === undefined ? null : <pre>{command}</pre>}
    </div>
  );
}

/** Why a panel shows nothing, and what helps; the rest of the screen stays. */
export function Failed({ error, again }: { error: Error; again: () => void }) {
  const isAway = !(error instanceof ApiError);
  return (
    <div className="failed" role="alert">
      <p>{isAway ? 'The server does not answer.' : displayText(error.message, 1_000)}</p>
      {isAway ? <pre>shiftwatch doctor</pre> : null}
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}

/** A panel's data: what is shown while it comes, when it fails, and once it is there. */
export function Loaded<T>({ asked, children }: { asked: Asked<T>; children: (data: T) => ReactNode }) {
  const { data, error, again } = asked;
  if (data !== undefined) {
    return (
      <>
        {error === undefined ? null : <Failed error={error} again={again} />}
        {children(data)}
      </>
    );
  }
  if (error !== undefined) return <Failed error={error} again={again} />;
  return (
    <p className="loading" role="status">
      Loading …
    </p>
  );
}
