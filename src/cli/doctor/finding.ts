/** One line of the doctor: what was looked at, how it is, and what to do about it. */
export interface DoctorFinding {
  readonly subject: string;
  readonly level: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix: string | null;
}

export const fine = (subject: string, detail: string): DoctorFinding => ({
  subject,
  level: 'ok',
  detail,
  fix: null,
});

export const warning = (subject: string, detail: string, fix: string): DoctorFinding => ({
  subject,
  level: 'warn',
  detail,
  fix,
});

export const failure = (subject: string, detail: string, fix: string): DoctorFinding => ({
  subject,
  level: 'fail',
  detail,
  fix,
});

/** Runs a check against something that may hang: after the deadline it counts as not answering. */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  const clock = new AbortController();
  const deadline = new Promise<never>((_resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${deadlineMs / 1_000} s`)), deadlineMs);
    clock.signal.addEventListener('abort', () => clearTimeout(timer));
  });
  try {
    return await Promise.race([work, deadline]);
  } finally {
    clock.abort();
  }
}
