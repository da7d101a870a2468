import { pathName } from '../../core/ids/path-name.ts';
import { useMemo } from 'react';
import { useLocation, useSearch } from 'wouter';

/** Parameters that go along from screen to screen: what is looked at, not what of a screen. */
const KEPT = ['from', 'to', 'tz', 'theme', 'against'] as const;

export interface Address {
  readonly path: string;
  readonly parameters: URLSearchParams;
  /** A parameter; null where it is absent or empty. */
  get(name: string): string | null;
  /** Sets parameters (null takes one away) and stays on the screen. */
  set(changes: Readonly<Record<string, string | null>>, how?: { readonly replace?: boolean }): void;
  /** Goes to another screen, as a link to it does. */
  go(path: string, more?: Readonly<Record<string, string | null>>): void;
  /** The address of another screen, with what goes along; `more` adds or (null) takes away. */
  to(path: string, more?: Readonly<Record<string, string | null>>): string;
}

/** The address is the state of a screen: copied, it shows the same. */
export function useAddress(): Address {
  const [, navigate] = useLocation();
  useSearch();
  // The router gives them half decoded, so that a `%` or a slash of a name would be lost; it says when they change.
  const { pathname: path, search } = location;
  return useMemo(() => {
    const parameters = new URLSearchParams(search);
    const written = (target: string, values: URLSearchParams): string => {
      const text = values.toString();
      return text === '' ? target : `${target}?${text}`;
    };
    const changed = (base: URLSearchParams, changes: Readonly<Record<string, string | null>>) => {
      const next = new URLSearchParams(base);
      for (const [name, value] of Object.entries(changes)) {
        if (value === null) next.delete(name);
        else next.set(name, value);
      }
      return next;
    };
    const to: Address['to'] = (target, more = {}) => {
      const kept = new URLSearchParams();
      for (const name of KEPT) {
        const value = parameters.get(name);
        if (value !== null) kept.set(name, value);
      }
      return written(target, changed(kept, more));
    };
    return {
      path,
      parameters,
      get: (name) => parameters.get(name) || null,
      set: (changes, how = {}) =>
        navigate(written(path, changed(parameters, changes)), { replace: how.replace === true }),
      to,
      go: (target, more) => navigate(to(target, more)),
    };
  }, [path, search, navigate]);
}

/** The address of a model's screen; any name may be in it. */
export function modelPath(model: string, rest = ''): string {
  return `/models/${pathName(model)}${rest}`;
}

export function featurePath(model: string, feature: string): string {
  return modelPath(model, `/features/${pathName(feature)}`);
}
