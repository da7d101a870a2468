import useSWR from 'swr';
import { fetchSession, type Session } from './session.ts';

/** Who is signed in; null where nobody is, or no login is asked for. */
export function useSession(): Session | null {
  return useSWR('/session', fetchSession).data ?? null;
}

/** Whether whoever looks may change something: everybody may where no login is asked for. */
export function useMayOperate(): boolean {
  const session = useSession();
  return session === null || session.scopes.includes('operate');
}
