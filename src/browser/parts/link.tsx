import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { useAddress } from '../address/use-address.ts';

interface GoProps {
  readonly to: string;
  readonly with?: Readonly<Record<string, string | null>>;
  readonly className?: string;
  readonly current?: boolean;
  readonly title?: string;
  readonly children: ReactNode;
}

/** A link to another screen that takes the period, the zone and the theme along. */
export function Go({ to, with: more = {}, className, current, title, children }: GoProps) {
  const address = useAddress();
  return (
    <Link
      href={address.to(to, more)}
      className={className ?? ''}
      {...(title === undefined ? {} : { title })}
      {...(current === true ? { 'aria-current': 'page' as const } : {})}
    >
      {children}
    </Link>
  );
}
