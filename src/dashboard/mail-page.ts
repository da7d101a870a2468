import { utcMinute } from '../words/page-format.ts';
import { type Html, html } from '../words/html.ts';
import { type HtmlPage, page } from './page.ts';

/** A mail that was caught instead of sent. */
export interface Mail {
  readonly id: string;
  readonly atMs: number;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly html: string | null;
  readonly text: string | null;
}

/** The caught mails, newest first, as they came in. */
export function mailboxPage(mails: readonly Mail[]): HtmlPage {
  return page({
    title: 'Mail · shiftwatch',
    refreshSeconds: 10,
    body: html`${bar()}
      <main>
        <p class="headline">
          ${mails.length === 0 ? 'No mail has been sent yet.' : 'Mail that would have been sent'}
        </p>
        ${mails.length === 0 ? html`<p class="soft">Mails appear here once an alert fires.</p>` : list(mails)}
      </main>`,
  });
}

function list(mails: readonly Mail[]): Html {
  return html`<section class="card">
    <ul class="rows">
      ${mails.map(
        (mail) =>
          html`<li>
            <span class="what"><a href="/mail/${encodeURIComponent(mail.id)}">${mail.subject}</a></span>
            <span class="small soft"
              >to ${mail.to.join(', ')}, ${utcMinute(new Date(mail.atMs).toISOString())} UTC</span
            >
          </li>`,
      )}
    </ul>
  </section>`;
}

/** One mail: its HTML part in a frame that may do nothing, its text part below. */
export function mailPage(mail: Mail): HtmlPage {
  const rich =
    mail.html === null
      ? null
      : html`<h3>HTML part</h3>
          <iframe
            sandbox=""
            src="/mail/${encodeURIComponent(mail.id)}/html"
            title="HTML part of the mail"
          ></iframe>`;
  const plain =
    mail.text === null
      ? null
      : html`<h3>Text part</h3>
          <pre>${mail.text}</pre>`;
  return page({
    title: `${mail.subject} · shiftwatch`,
    refreshSeconds: null,
    policy: "frame-src 'self'",
    body: html`${bar()}
      <main>
        <p class="headline">${mail.subject}</p>
        <p class="small soft">
          from ${mail.from} to ${mail.to.join(', ')}, ${utcMinute(new Date(mail.atMs).toISOString())} UTC
        </p>
        ${rich}${plain}
      </main>`,
  });
}

/**
 * For the frame. Mail needs inline styles and carries its pictures as data; nothing may run or be fetched, and
 * only our own page may frame it.
 */
export const MAIL_FRAME_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox";

function bar(): Html {
  return html`<header class="bar">
    <h1>shiftwatch</h1>
    <nav><a href="/">Models</a><a href="/mail">Mail</a></nav>
  </header>`;
}
