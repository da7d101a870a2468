import type { FastifyReply } from 'fastify';
import type { HtmlPage } from '../../dashboard/page.ts';

/** A page with a form. */
export function sendPage(reply: FastifyReply, { html, contentSecurityPolicy }: HtmlPage): FastifyReply {
  return reply
    .headers({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      // Without it browsers hide where the form comes from, and it is taken for another site's.
      'referrer-policy': 'same-origin',
    })
    .send(html);
}
