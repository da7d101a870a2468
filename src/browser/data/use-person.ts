import useSWR from 'swr';

const KEPT_AS = 'shiftwatch.name';

async function loginOf(url: string): Promise<string | null> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  return response.ok ? ((await response.json()) as { readonly name: string }).name : null;
}

/** Who says something: with a login that, else the name that was given last in this browser. */
export function usePerson(): { readonly login: string | null; readonly remembered: string } {
  // Another key than the header's, whose answer is of another shape.
  const { data = null } = useSWR('/session#name', async () => await loginOf('/session'));
  return { login: data, remembered: localStorage.getItem(KEPT_AS) ?? '' };
}

export function rememberPerson(name: string): void {
  localStorage.setItem(KEPT_AS, name);
}
