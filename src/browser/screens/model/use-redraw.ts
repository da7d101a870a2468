import { useEffect, useState } from 'react';
import { useAddress } from '../../address/use-address.ts';

/** Another value whenever colours have changed: what is drawn by hand has to be drawn again. */
export function useRedraw(): number {
  const theme = useAddress().get('theme');
  const [count, setCount] = useState(0);
  useEffect(() => {
    // The document gets its theme after what is within it was drawn.
    const frame = requestAnimationFrame(() => setCount((before) => before + 1));
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const again = (): void => setCount((before) => before + 1);
    scheme.addEventListener('change', again);
    return () => {
      cancelAnimationFrame(frame);
      scheme.removeEventListener('change', again);
    };
  }, [theme]);
  return count;
}
