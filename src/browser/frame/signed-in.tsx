import useSWR from 'swr';

interface Session {
  readonly name: string;
  readonly csrf: string;
}

async function session(url: string): Promise<Session | null> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  return response.ok ? ((await response.json()) as Session) : null;
}

/** Who is signed in, and the way out; nothing where no login is asked for. */
export function SignedIn() {
  const { data } = useSWR('/session', session);
  if (data === undefined || data === null) return null;
  return (
    <form method="post" action="/session/end" className="signed-in">
      <input type="hidden" name="csrf" value={data.csrf} />
      <span className="small soft">{data.name}</span>
      <button type="submit">Sign out</button>
    </form>
  );
}
