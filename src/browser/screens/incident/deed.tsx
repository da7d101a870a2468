import { type FormEvent, type ReactNode, useId, useRef, useState } from 'react';
import { mutate } from 'swr';
import { rememberPerson, usePerson } from '../../data/use-person.ts';

/** Who did it, why, and what else was filled in. */
interface Said {
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
  /** Set once it is done: the button takes it back instead, and keeps the focus. */
  readonly undo?: Omit<TakeBackProps, 'tell'> | undefined;
}

/** A button that opens a dialog, asks who and why, does it, and tells that it is done. */
export function Deed(props: DeedProps) {
  const { name, explains, needsComment = false, isMain = false, children, act, tell, told, undo } = props;
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
      dialog.current?.close();
      tell(told(said));
      askAgain();
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
      <button
        type="button"
        className={isMain && undo === undefined ? 'primary' : undefined}
        aria-haspopup={undo === undefined ? 'dialog' : undefined}
        onClick={undo === undefined ? open : () => void takeBack({ ...undo, tell })}
      >
        {undo?.name ?? name}
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
          <Outcome problem={problem} isBusy={isBusy} />
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

function Outcome({ problem, isBusy }: { problem: string | null; isBusy: boolean }) {
  return problem === null ? (
    <p role="status" className="small soft">
      {isBusy ? 'Sending …' : ''}
    </p>
  ) : (
    <p className="failed" role="alert">
      {problem}
    </p>
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
      <input
        key={remembered}
        name="author"
        required
        maxLength={100}
        defaultValue={remembered}
        autoComplete="name"
      />
    </label>
  );
}

interface TakeBackProps {
  readonly name: string;
  readonly act: () => Promise<unknown>;
  readonly tell: (text: string) => void;
  readonly told: string;
}

/** A button that takes back what somebody said; nobody has to say why. */
export function TakeBack(props: TakeBackProps) {
  return (
    <button type="button" onClick={() => void takeBack(props)}>
      {props.name}
    </button>
  );
}

/** Done twice it says the second time that there is nothing to take back. */
async function takeBack({ act, tell, told }: Omit<TakeBackProps, 'name'>): Promise<void> {
  try {
    await act();
    tell(told);
    askAgain();
  } catch (failure) {
    tell(problemText(failure));
  }
}

/** What the screen shows of it, and what the header counts. Nobody waits for it: what was to be done is done. */
function askAgain(): void {
  void mutate((key) => typeof key === 'string' && /^\/api\/v1\/(?:alerts|silences|annotations)\b/.test(key));
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
