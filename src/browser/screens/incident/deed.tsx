import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react';
import { mutate } from 'swr';
import { rememberPerson, usePerson } from '../../data/use-person.ts';

/** Who did it, why, and what else was filled in. */
export interface Said {
  readonly author: string;
  readonly comment: string;
  readonly form: FormData;
}

interface DeedProps {
  /** What the button says. */
  readonly name: string;
  /** What comes of it, in the dialog. */
  readonly explains: string;
  readonly needsComment?: boolean;
  readonly isMain?: boolean;
  /** Fields of its own. */
  readonly children?: ReactNode;
  /** @throws what is shown in the dialog, which stays open. */
  readonly act: (said: Said) => Promise<unknown>;
  /** Told once it is done. */
  readonly tell: (text: string) => void;
  readonly told: (said: Said) => string;
}

/** A button that opens a dialog, asks who and why, does it, and tells that it is done. */
export function Deed(props: DeedProps) {
  const { name, explains, needsComment = false, isMain = false, children, act, tell, told } = props;
  const dialog = useRef<HTMLDialogElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const title = useId();
  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    const form = new FormData(event.currentTarget);
    const said = { author: textOf(form, 'author'), comment: textOf(form, 'comment'), form };
    setBusy(true);
    setProblem(null);
    try {
      await act(said);
      if (form.has('author')) rememberPerson(said.author);
      await askAgain();
      dialog.current?.close();
      tell(told(said));
    } catch (failure) {
      setProblem(problemText(failure));
    } finally {
      setBusy(false);
    }
  };
  const open = (): void => {
    setProblem(null);
    dialog.current?.querySelector('form')?.reset();
    dialog.current?.showModal();
  };
  return (
    <>
      <button type="button" className={isMain ? 'primary' : undefined} aria-haspopup="dialog" onClick={open}>
        {name}
      </button>
      <dialog ref={dialog} aria-labelledby={title} className="deed">
        <form onSubmit={(event) => void submit(event)}>
          <h2 id={title}>{name}</h2>
          <p className="soft">{explains}</p>
          {children}
          <Who />
          <label>
            <span>Comment{needsComment ? '' : ' (may be left empty)'}</span>
            <textarea name="comment" rows={2} maxLength={1_000} required={needsComment} />
          </label>
          {problem === null ? null : (
            <p className="failed" role="alert">
              {problem}
            </p>
          )}
          <div className="deed-buttons">
            <button type="submit" className="primary" disabled={isBusy}>
              {name}
            </button>
            <button type="button" onClick={() => dialog.current?.close()}>
              Cancel
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}

function Who() {
  const { login, remembered } = usePerson();
  if (login !== null) {
    return (
      <p>
        As <strong>{login}</strong>
        <input type="hidden" name="author" value={login} />
      </p>
    );
  }
  return (
    <label>
      <span>Your name</span>
      <input key={remembered} name="author" required maxLength={100} defaultValue={remembered} autoComplete="name" />
    </label>
  );
}

/** A button that takes back what somebody said; nobody has to say why. */
export function TakeBack(props: {
  readonly name: string;
  readonly act: () => Promise<unknown>;
  readonly tell: (text: string) => void;
  readonly told: string;
}) {
  const { name, act, tell, told } = props;
  const [isBusy, setBusy] = useState(false);
  const takeBack = async (): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    try {
      await act();
      await askAgain();
      tell(told);
    } catch (failure) {
      tell(problemText(failure));
    } finally {
      setBusy(false);
    }
  };
  return (
    <button type="button" aria-disabled={isBusy} onClick={() => void takeBack()}>
      {name}
    </button>
  );
}

/** What the screen shows of it, and what the header counts. */
async function askAgain(): Promise<void> {
  await mutate(
    (key) => typeof key === 'string' && /^\/api\/v1\/(?:alerts|silences|annotations)\b/.test(key),
  );
}

function problemText(failure: unknown): string {
  return failure instanceof TypeError
    ? 'The server does not answer; nothing was changed. Try again.'
    : failure instanceof Error
      ? failure.message
      : String(failure);
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value.trim() : '';
}
