/** One line of the doctor: what was looked at, how it is, and what to do about it. */
export interface DoctorFinding {
  readonly subject: string;
  readonly level: 'ok' | 'warning' | 'critical';
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
  level: 'warning',
  detail,
  fix,
});

export const failure = (subject: string, detail: string, fix: string): DoctorFinding => ({
  subject,
  level: 'critical',
  detail,
  fix,
});
