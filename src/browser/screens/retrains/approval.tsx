import { type FormEvent, useState } from 'react';
import type { RetrainDetail } from '../../../store/rows/retrains.ts';
import { send } from '../../data/fetch-json.ts';
import { useMayOperate } from '../../data/use-session.ts';
import { ReadOnly } from '../../parts/read-only.tsx';
import { Moment } from '../../parts/moment.tsx';

/** A person's word on a run that waits for it. */
export function Approval({ run, done }: { run: RetrainDetail; done: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const mayOperate = useMayOperate();
  if (!mayOperate) return <ReadOnly what="approve or reject it" />;
  const decide = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget, (event.nativeEvent as SubmitEvent).submitter);
    const text = (name: string): string => {
      const value = form.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    try {
      await send('POST', `/retrains/${run.id}/${text('decision')}`, {
        by: text('by'),
        ...(text('comment') === '' ? {} : { comment: text('comment') }),
      });
      setProblem(null);
      done();
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <form className="panel filters" onSubmit={(event) => void decide(event)}>
      <p>
        It waits for somebody's word until <Moment at={run.expires_at} />.
      </p>
      <label>
        Your name <input name="by" required maxLength={100} autoComplete="name" />
      </label>
      <label>
        Comment <input name="comment" maxLength={1000} />
      </label>
      <button type="submit" name="decision" value="approve" className="primary">
        Approve
      </button>
      <button type="submit" name="decision" value="reject">
        Reject
      </button>
      {problem === null ? null : <p role="alert">{problem}</p>}
    </form>
  );
}
