import { SWRConfig } from 'swr';
import { Shell } from './frame/shell.tsx';
import { Screens } from './screens.tsx';

export function Application() {
  return (
    <SWRConfig value={{ revalidateOnFocus: true, dedupingInterval: 2_000 }}>
      <Shell>
        <Screens />
      </Shell>
    </SWRConfig>
  );
}
