import { visibleText } from './visible-text.ts';

/** Text that is already HTML. Everything else that enters a page is escaped by `html`. */
export interface Html {
  readonly html: string;
}

type Part = Html | string | number | null | readonly Part[];

/**
 * Builds HTML; values are escaped unless they were built here too, so forgetting to escape is not possible.
 * Only for text and for attributes in double quotes.
 *
 * @example html`<b title="${'"'}">${'<i>'}</b>`.html // '<b title="&quot;">&lt;i&gt;</b>'
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  const [first = '', ...rest] = literals;
  return {
    html: rest.reduce((text, literal, index) => text + render(parts[index] ?? null) + literal, first),
  };
}

function render(part: Part): string {
  if (part === null) return '';
  if (typeof part === 'string' || typeof part === 'number') return escaped(String(part));
  if (isHtml(part)) return part.html;
  return part.map(render).join('');
}

function isHtml(part: Html | readonly Part[]): part is Html {
  return 'html' in part;
}

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
  ["'", '&#39;'],
]);

function escaped(text: string): string {
  return visibleText(text).replaceAll(/[&<>"']/g, (character) => ENTITIES.get(character) ?? character);
}
