import { type ListenAddress, isLoopback } from '../config/schema/listen-address.ts';
import { UserError } from '../core/errors.ts';

/**
 * Beyond this machine only with tokens: the API shows what models decide about people, and its POST routes
 * change what is stored. There is no switch to override this. The configuration's rules say the same with line
 * and column; this holds for addresses that came another way.
 */
export function assertListenAllowed(listen: ListenAddress, authConfigured: boolean): void {
  if (authConfigured || isLoopback(listen)) return;
  const address = `${listen.host.includes(':') ? `[${listen.host}]` : listen.host}:${listen.port}`;
  throw new UserError(`the API would listen on ${address}, beyond this machine, without asking who calls`, {
    fix: 'Set `auth: { tokens: true }` and make a token with `shiftwatch token create`, or listen on 127.0.0.1.',
  });
}

/** Whether a Host header's name can only mean this machine. Browsers resolve every *.localhost to it. */
export function namesLoopback(host: string): boolean {
  return host.endsWith('.localhost') || isLoopback({ host, port: 0 });
}
