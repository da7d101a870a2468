import useSWR from 'swr';

interface Session {
  readonly name: string;
  readonly csrf: string;
}

async function sessionOf(url: string): Promise<Session | null> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  return response.ok ? ((await response.json()) as Session) : null;
}

/** Who is signed in; null where nobody is, or no login is asked for. */
export function useSession(): Session | null {
  return useSWR('/session', sessionOf).data ?? null;
}
