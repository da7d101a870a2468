import { type Html, html } from '../words/html.ts';
import { type HtmlPage, page } from './page.ts';

export interface LoginPageParts {
  /** A path of this site. */
  readonly to: string;
  /** What the button says where people sign in at a provider; null: they do not. */
  readonly provider: string | null;
  /** Why the last try counted for nothing, in one sentence. */
  readonly refusal: string | null;
}

/** Asks for a token, or leads to the provider. A link, no form, leads there: a page's policy for forms holds for all they are redirected to. */
export function loginPage({ to, provider, refusal }: LoginPageParts): HtmlPage {
  const said = refusal === null ? null : html`<p class="refusal" role="alert">${refusal}</p>`;
  const elsewhere =
    provider === null
      ? null
      : html`<p>
          <a class="button" href="/login/oidc?to=${encodeURIComponent(to)}">Sign in with ${provider}</a>
        </p>`;
  return framed(
    'Sign in · shiftwatch',
    null,
    html`<p class="headline">Sign in</p>
      ${said} ${elsewhere}
      <section class="card">
        <form method="post" action="/session">
          <label for="token">Token</label>
          <input type="password" id="token" name="token" autocomplete="off" required autofocus />
          <input type="hidden" name="to" value="${to}" />
          <p><button type="submit">Sign in</button></p>
        </form>
        <p class="small soft">
          <code>shiftwatch token create --name NAME --scopes read</code> makes one; <code>operate</code> may
          also change things.
        </p>
      </section>`,
  );
}

/** Leads on by itself. What a page of this site asks for is sent with the cookie, what another site leads to is not. */
export function onwardPage(path: string): HtmlPage {
  return framed('shiftwatch', { path }, html`<p><a href="${path}">Go on</a></p>`);
}

function framed(title: string, refreshSeconds: { readonly path: string } | null, body: Html): HtmlPage {
  const built = page({
    title,
    refreshSeconds,
    body: html`<header class="bar"><h1>shiftwatch</h1></header>
      <main>${body}</main>`,
  });
  return {
    ...built,
    contentSecurityPolicy: built.contentSecurityPolicy.replace("form-action 'none'", "form-action 'self'"),
  };
}
