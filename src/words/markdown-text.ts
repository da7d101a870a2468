import { displayText } from './display-text.ts';

const JOINER = '&#8288;';

/** Beginnings of lists, underlines of headings, code in four blanks and commands to GitLab: only where a line begins. */
const LINE_BEGINNING = /^(?:[-+](?=[\s-]|$)|[=/]|\d{1,9}[.)](?=\s|$))/;

/** Between what letter a reference or a link would begin; an invisible joiner keeps both apart. */
const REFERENCE = /[@#!~$%&^](?=[\p{L}\p{N}\p{M}_"'{[])|:(?=[\w+-]+:|\/\/)|\b(?:gh-(?=\d)|www(?=\.))/giu;

/** What Markdown, HTML or formulas may be made of; within a word `_` is itself. */
const SPECIAL = /[&<>|`\\*[\]~$@#]|(?<![\p{L}\p{N}_])_|_(?![\p{L}\p{N}_])/gu;

/**
 * Text from data in Markdown (GitHub, GitLab), in a paragraph or a cell of a table: one line, read as it is written. It makes no
 * cell, code, tag or link, calls nobody (`@name`) and refers to nothing (`#123`). At most `maxLength` letters are shown, of which
 * each may take twenty in the source.
 *
 * @example markdownText('a|b <c>') // 'a&#124;b &#60;c&#62;'
 */
export function markdownText(text: string, maxLength?: number): string {
  const shown = displayText(text, maxLength).replaceAll(REFERENCE, '$&\u2060');
  const beginning = LINE_BEGINNING.exec(shown)?.[0] ?? '';
  const coded = shown.slice(beginning.length).replaceAll(SPECIAL, entity).replaceAll('\u2060', JOINER);
  return `${beginning.replace(/\D$/, entity)}${coded}`;
}

const entity = (character: string): string => `&#${character.codePointAt(0) ?? 0};`;
