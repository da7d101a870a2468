import { useState } from 'react';

/** Copies a text and says so, also to those who do not see it. */
export function CopyButton({ text, children }: { text: () => string; children: string }) {
  const [said, say] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text());
      say('Copied');
    } catch {
      // Without https there is no clipboard: the text is shown to be copied by hand.
      say(text());
    }
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {children}
      </button>
      <span role="status" className="small soft copied">
        {said}
      </span>
    </>
  );
}
