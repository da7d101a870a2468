import { z } from 'zod';
import { open } from './shown.ts';
import { hasNoLogin, nonEmpty, openText, url } from './values.ts';

const words = z.array(openText).max(200).default([]);

const oidcSchema = z.strictObject({
  name: open(z.string().min(1).max(60)).meta({
    description: 'what people call the provider: the button says "Sign in with NAME"',
  }),
  issuer: url(['https:', 'http:'], 'https://login.example.org/realms/main', () => /^/)
    .refine(hasNoLogin, { error: 'must hold no user or password: remove what stands before the @' })
    .refine(isSafeIssuer, { error: 'must begin with https:// (http:// is for this machine only)' })
    .meta({ description: 'what the provider is called in its ID tokens; its discovery document lies below' }),
  client_id: openText,
  client_secret: nonEmpty,
  scopes: z
    .union([
      openText.transform((text) => text.split(/[\s,]+/).filter((word) => word !== '')),
      z.array(openText),
    ])
    .default(['openid', 'email', 'profile'])
    .refine((scopes) => scopes.includes('openid'), { error: 'must have openid among them' }),
  claim: openText
    .default('groups')
    .meta({ description: 'the claim whose values say what somebody may do; dots lead into mappings' }),
  roles: z
    .strictObject({ operate: words, read: words })
    .refine(({ operate, read }) => operate.length + read.length > 0, {
      error: 'names no value of the claim, so that nobody could sign in',
    })
    .meta({ description: 'the values of the claim that give each scope; operate includes read' }),
});

export const authSchema = z.strictObject({
  tokens: z
    .boolean()
    .default(false)
    .meta({ description: 'every API request needs a login or a bearer token (`shiftwatch token`)' }),
  oidc: oidcSchema.optional().meta({ description: 'people sign in at an OpenID provider' }),
});

/** Tokens and the client secret go there. */
function isSafeIssuer(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}
