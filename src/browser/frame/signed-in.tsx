import { useSession } from '../data/use-session.ts';

/** Who is signed in, and the way out; nothing where no login is asked for. */
export function SignedIn() {
  const session = useSession();
  if (session === null || session.csrf === null) return null;
  return (
    <form method="post" action="/session/end" className="signed-in">
      <input type="hidden" name="csrf" value={session.csrf} />
      <span className="small soft">{session.name}</span>
      <button type="submit">Sign out</button>
    </form>
  );
}
