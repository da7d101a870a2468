import { type Html, html } from '../words/html.ts';
import { type HtmlPage, page } from './page.ts';

/** Asks first: programs that look at every link of a mail must not stop it. The form posts to the page's own address. */
export function unsubscribePage(address: string): HtmlPage {
  return framed(
    html`<p class="headline">Stop mails to ${address}?</p>
      <p>
        Alerts of shiftwatch are then no longer sent to this address, by any channel. Other recipients still
        get them.
      </p>
      <form method="post"><button type="submit">Stop these mails</button></form>`,
  );
}

export function unsubscribedPage(address: string): HtmlPage {
  return framed(
    html`<p class="headline">No more mails to ${address}</p>
      <p>Whoever runs shiftwatch can undo it:</p>
      <pre>shiftwatch recipients resume ${address}</pre>`,
  );
}

function framed(body: Html): HtmlPage {
  const built = page({
    title: 'Mails of shiftwatch',
    refreshSeconds: null,
    body: html`<header class="bar"><h1>shiftwatch</h1></header>
      <main>${body}</main>`,
  });
  return {
    ...built,
    contentSecurityPolicy: built.contentSecurityPolicy.replace("form-action 'none'", "form-action 'self'"),
  };
}
