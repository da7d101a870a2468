import { useEffect, useState } from 'react';

/** A value once it has stood still for so long: what is asked of the server while somebody types or scrolls. */
export function useSettled<T extends string | number | null>(value: T, ms: number): T {
  const [settled, settle] = useState(value);
  useEffect(() => {
    if (value === settled) return;
    const timer = setTimeout(() => settle(value), ms);
    return () => clearTimeout(timer);
  }, [value, settled, ms]);
  return settled;
}
