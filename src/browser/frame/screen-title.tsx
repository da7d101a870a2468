import { type ReactNode, useEffect } from 'react';

/** The one heading of a screen, and the title of its tab. */
export function ScreenTitle({ title, children }: { title: string; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · shiftwatch`;
  }, [title]);
  return (
    <header className="screen-title">
      <h1>{title}</h1>
      {children}
    </header>
  );
}
