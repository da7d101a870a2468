import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { firstPage, type Absence } from '../../../dashboard/first-page.ts';
import { MAIL_FRAME_POLICY, mailPage, mailboxPage } from '../../../dashboard/mail-page.ts';
import type { HtmlPage } from '../../../dashboard/page.ts';
import type { ApiDeps, CapturedMail } from '../../api-deps.ts';
import type { App } from '../../app.ts';
import { ProblemError } from '../../problem.ts';
import { addAppRoutes } from './app.ts';

const config = { access: 'read' } as const;
const schema = { hide: true } as const;

export function addPageRoutes(app: App, deps: ApiDeps): void {
  const hasMailbox = deps.mailbox !== undefined;
  const scriptFree = async (reply: FastifyReply, absence: Absence | null): Promise<FastifyReply> => {
    const nowMs = deps.clock.nowMs();
    const overview = await deps.readModels.overview();
    const holds = await deps.currentHolds(nowMs);
    return sendPage(reply, firstPage({ overview, holds, nowMs, hasMailbox, absence }));
  };
  app.get('/plain', { config, schema }, async (_request, reply) => await scriptFree(reply, null));
  addAppRoutes(app, deps, scriptFree);
  if (deps.mailbox !== undefined) addMailRoutes(app, deps.mailbox);
}

function addMailRoutes(app: App, mailbox: () => readonly CapturedMail[]): void {
  const params = z.object({ id: z.string().max(200) });
  const find = (id: string): CapturedMail => {
    const mail = mailbox().find((candidate) => candidate.id === id);
    if (mail === undefined) throw new ProblemError('not_found', { detail: 'There is no such mail.' });
    return mail;
  };

  app.get('/mail', { config, schema }, async (_request, reply) => sendPage(reply, mailboxPage(mailbox())));

  app.get('/mail/:id', { config, schema: { hide: true, params } }, async (request, reply) =>
    sendPage(reply, mailPage(find(request.params.id))),
  );

  app.get('/mail/:id/html', { config, schema: { hide: true, params } }, async (request, reply) => {
    const { html } = find(request.params.id);
    if (html === null) throw new ProblemError('not_found', { detail: 'This mail has no HTML part.' });
    return reply
      .headers({ 'content-security-policy': MAIL_FRAME_POLICY, 'x-frame-options': 'SAMEORIGIN' })
      .type('text/html; charset=utf-8')
      .send(html);
  });
}

function sendPage(reply: FastifyReply, page: HtmlPage): FastifyReply {
  return reply
    .header('content-security-policy', page.contentSecurityPolicy)
    .type('text/html; charset=utf-8')
    .send(page.html);
}
