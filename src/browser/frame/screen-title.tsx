import { type ReactNode, useEffect } from 'react';
import { displayText } from '../../words/display-text.ts';

/** A name of a model, which may have 256 letters, and words before it. */
const LONGEST = 300;

/** The one heading of a screen, and the title of its tab. */
export function ScreenTitle({ title, children }: { title: string; children?: ReactNode }) {
  const shown = displayText(title, LONGEST);
  useEffect(() => {
    document.title = `${shown} · shiftwatch`;
  }, [shown]);
  return (
    <header className="screen-title">
      <h1>{shown}</h1>
      {children}
    </header>
  );
}
