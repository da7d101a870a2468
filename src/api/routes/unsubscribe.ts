import { z } from 'zod';
import { unsubscribedPage, unsubscribePage } from '../../dashboard/unsubscribe-page.ts';
import type { HtmlPage } from '../../dashboard/page.ts';
import { unsubscribedRow } from '../../store/rows.ts';
import type { ApiDeps } from '../api-deps.ts';
import { type App, failures } from '../app.ts';
import { ProblemError } from '../problem.ts';
import { unparsedBody } from '../raw-body.ts';

type Deps = Pick<ApiDeps, 'mailStops' | 'clock'>;

// The signature in the address is the proof: mail programs have no token.
const config = { access: 'open', audit: null } as const;
const schema = { hide: true, params: z.object({ token: z.string().max(1_000) }) } as const;

/**
 * Where a recipient stops their mails: a button for people (GET), and one request for mail programs (POST, RFC 8058).
 * Nothing is counted and nobody is followed.
 */
export function addUnsubscribeRoutes(app: App, { mailStops, clock }: Deps): void {
  const addressOf = async (token: string): Promise<string> => {
    const address = await mailStops.addressOf(token);
    if (address === null) {
      throw new ProblemError('not_found', { detail: 'This link is not whole, or not from this shiftwatch.' });
    }
    return address;
  };

  app.get('/unsubscribe/:token', { config, schema }, async ({ params }, reply) => {
    const page = unsubscribePage(await addressOf(params.token));
    return reply.headers(headersOf(page)).send(page.html);
  });

  void app.register((scope: App, _options, done) => {
    // Mail programs send a form, of either kind; nothing in it is needed.
    unparsedBody(scope, ['*']);
    scope.post('/unsubscribe/:token', { config, schema }, async ({ params }, reply) => {
      const address = await addressOf(params.token);
      await mailStops.stop(address, clock.nowMs());
      const page = unsubscribedPage(address);
      return reply.headers(headersOf(page)).send(page.html);
    });
    done();
  });
}

function headersOf({ contentSecurityPolicy }: HtmlPage): Record<string, string> {
  return {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': contentSecurityPolicy,
    // Without it browsers hide where the form comes from, and it is taken for another site's.
    'referrer-policy': 'same-origin',
  };
}

/** Who has stopped their mails. Addresses are people's, so this is for those who operate the program. */
export function addRecipientRoutes(app: App, { readModels }: Pick<ApiDeps, 'readModels'>): void {
  app.get(
    '/recipients/unsubscribed',
    {
      config: { access: 'operate' },
      schema: {
        tags: ['alerts'],
        operationId: 'listUnsubscribed',
        summary: 'Recipients who want no more mails, newest first',
        response: { 200: z.object({ items: z.array(unsubscribedRow) }), ...failures },
      },
    },
    async () => ({ items: await readModels.listUnsubscribed() }),
  );
}
