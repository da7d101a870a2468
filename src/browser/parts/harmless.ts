import type { ReactNode } from 'react';
import { displayText } from '../../words/display-text.ts';

const LONGEST = 2_000;

/** A text as it may stand beside others, whatever characters a log has put into it; what is no text stays as it is. */
export function harmless(shown: ReactNode): ReactNode {
  return typeof shown === 'string' ? displayText(shown, LONGEST) : shown;
}
