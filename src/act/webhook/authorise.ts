import type { HideTexts } from '../../core/hide-texts.ts';
import type { AddressGuard } from './address-guard.ts';

export interface Authorised {
  readonly headers: Readonly<Record<string, string>>;
  /** Of what is answered: what was fetched for this request stands in no configuration. */
  readonly hide: HideTexts;
  /** The receiver did not know it: it is not used again. */
  readonly forget?: () => void;
}

/** What a request is authorised by when it goes out: a signature over it, or a token that lives for a while. */
export type Authorise = (
  request: {
    readonly url: URL;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
  },
  context: { readonly nowMs: number; readonly guard: AddressGuard; readonly signal: AbortSignal },
) => Promise<Authorised>;
