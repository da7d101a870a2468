import useSWR from 'swr';
import { fetchSession } from '../data/session.ts';

/** Who is signed in, and the way out; nothing where no login is asked for. */
export function SignedIn() {
  const { data } = useSWR('/session', fetchSession);
  if (data === undefined || data === null || data.csrf === null) return null;
  return (
    <form method="post" action="/session/end" className="signed-in">
      <input type="hidden" name="csrf" value={data.csrf} />
      <span className="small soft">{data.name}</span>
      <button type="submit">Sign out</button>
    </form>
  );
}
