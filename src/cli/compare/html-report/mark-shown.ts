import { type Html, html } from '../../../words/html.ts';
import type { Mark } from '../../../words/verdict-mark.ts';

/** A verdict as it looks everywhere: its letter on its colour, and its word beside it. */
export function markShown({ letter, style, name }: Mark): Html {
  return html`<span class="chip ${style}" aria-hidden="true">${letter}</span> ${name}`;
}
