import { modelPath } from '../../address/use-address.ts';
import { apiUrl } from '../../data/fetch-json.ts';
import { useApi } from '../../data/use-api.ts';
import { ScreenTitle } from '../../frame/screen-title.tsx';
import { Go } from '../../parts/link.tsx';
import { Empty, Loaded } from '../../parts/state-notes.tsx';

interface ListedModels {
  readonly items: readonly { readonly name: string; readonly task: string }[];
}

/** All models, a row each. */
export function Fleet() {
  const asked = useApi<ListedModels>(apiUrl('/models', { limit: 500 }));
  return (
    <>
      <ScreenTitle title="Fleet" />
      <Loaded asked={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No model is being watched yet." command="shiftwatch init training.csv --write" />
          ) : (
            <ul>
              {items.map(({ name }) => (
                <li key={name}>
                  <Go to={modelPath(name)}>{name}</Go>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </>
  );
}
