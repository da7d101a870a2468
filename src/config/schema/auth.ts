import { z } from 'zod';
import { open } from './shown.ts';
import { hasNoLogin, nonEmpty, openText, url } from './values.ts';

const words = z.array(openText).max(200).default([]);

const oidcSchema = z.strictObject({
  name: open(z.string().min(1).max(60)).meta({
    description: 'the button says "Sign in with NAME"',
  }),
  issuer: url(['https:', 'http:'], 'https://login.example.org/realms/main', () => /^/)
    .refine(hasNoLogin, { error: 'must hold no user or password: remove what stands before the @' })
    .refine(isSafeIssuer, { error: 'must begin with https:// (http:// is for this machine only)' })
    .meta({ description: 'as ID tokens name it; `https://…`, or `http://` on this machine' }),
  client_id: openText.meta({ description: 'as registered there' }),
  client_secret: nonEmpty.meta({ description: 'as registered there; never shown or logged' }),
  scopes: z
    .union([
      openText.transform((text) => text.split(/[\s,]+/).filter((word) => word !== '')),
      z.array(openText),
    ])
    .default(['openid', 'email', 'profile'])
    .refine((scopes) => scopes.includes('openid'), { error: 'must have openid among them' })
    .meta({
      description:
        'what is asked for, as a list or separated by spaces; `openid` is among them; absent: `openid email profile`',
    }),
  claim: openText.default('groups').meta({
    description:
      'the claim, in the ID token or at `userinfo`, whose values say what somebody may do; dots lead into mappings (`realm_access.roles`)',
  }),
  roles: z
    .strictObject({
      operate: words.meta({
        description: 'values of the claim that give this scope; one of the two lists has to be there',
      }),
      read: words.meta({ description: 'the same' }),
    })
    .refine(({ operate, read }) => operate.length + read.length > 0, {
      error: 'names no value of the claim, so that nobody could sign in',
    })
    .meta({ description: 'the values of the claim that give each scope; operate includes read' }),
});

export const authSchema = z.strictObject({
  tokens: z.boolean().default(false).meta({
    description:
      'every API request needs a bearer token (`shiftwatch token create`), or a browser that has signed in',
  }),
  oidc: oidcSchema.optional().meta({ description: 'people sign in at an OpenID provider' }),
});

/** Tokens and the client secret go there. */
function isSafeIssuer(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
