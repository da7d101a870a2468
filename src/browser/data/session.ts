/** Who is signed in. */
export interface Session {
  readonly name: string;
  readonly scopes: readonly string[];
  /** What a change has to bring along, which no other site can know. */
  readonly csrf: string | null;
}

/** Asks who is signed in; null: nobody, or no login is asked for. */
export async function fetchSession(): Promise<Session | null> {
  const response = await fetch('/session', { headers: { accept: 'application/json' } });
  return response.status === 200 ? ((await response.json()) as Session) : null;
}
