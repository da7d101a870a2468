import { hash } from 'node:crypto';
import { type Html, html } from '../words/html.ts';
import { STYLE } from './style.ts';

/** A finished page with the policy under which a browser may show it: this style, and nothing else. */
export interface HtmlPage {
  readonly html: string;
  readonly contentSecurityPolicy: string;
}

/** Put together here: the hash is of every character between the tags, and formatters move white space in templates. */
const STYLE_ELEMENT: Html = { html: `<style>${STYLE}</style>` };
const STYLE_HASH = hash('sha256', STYLE, 'base64');

const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export interface PageParts {
  readonly title: string;
  readonly body: Html;
  /** Reload after so many seconds, or go to another path of this site at once; null: never. */
  readonly refreshSeconds: number | null | { readonly path: string };
  /** More than the page policy, such as `frame-src 'self'`. */
  readonly policy?: string;
}

export function page({ title, body, refreshSeconds, policy }: PageParts): HtmlPage {
  const after =
    refreshSeconds !== null && typeof refreshSeconds === 'object'
      ? `0; url=${refreshSeconds.path}`
      : refreshSeconds;
  const refresh = after === null ? null : html`<meta http-equiv="refresh" content="${after}" />`;
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        ${refresh}
        <title>${title}</title>
        ${STYLE_ELEMENT}
      </head>
      <body>
        ${body}
      </body>
    </html> `;
  return {
    html: document.html,
    contentSecurityPolicy: policy === undefined ? PAGE_POLICY : `${PAGE_POLICY}; ${policy}`,
  };
}
