import { useSession } from './use-session.ts';

const KEPT_AS = 'shiftwatch.name';

/** Who says something: with a login that, else the name that was given last in this browser. */
export function usePerson(): { readonly login: string | null; readonly remembered: string } {
  return { login: useSession()?.name ?? null, remembered: localStorage.getItem(KEPT_AS) ?? '' };
}

export function rememberPerson(name: string): void {
  localStorage.setItem(KEPT_AS, name);
}
