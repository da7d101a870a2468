/** In place of buttons that would be refused. */
export function ReadOnly({ what }: { what: string }) {
  return (
    <p className="small soft">
      You may read only. To {what}, sign in with a token or a role of the scope <code>operate</code>.
    </p>
  );
}
