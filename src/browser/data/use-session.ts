import useSWR from 'swr';
import { fetchSession, type Session } from './session.ts';

/** Who is signed in; null where nobody is, or no login is asked for. */
export function useSession(): Session | null {
  return useSWR('/session', fetchSession).data ?? null;
}
