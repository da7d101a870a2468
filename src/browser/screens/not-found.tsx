import { displayText } from '../../words/display-text.ts';
import { ScreenTitle } from '../frame/screen-title.tsx';
import { Go } from '../parts/link.tsx';

/** There is no such screen, or nothing of that name. */
export function NotFound({ what = 'There is no such screen.' }: { what?: string }) {
  return (
    <>
      <ScreenTitle title="Not found" />
      <p>{displayText(what, 400)}</p>
      <p>
        <Go to="/">All models</Go> · <Go to="/incidents">All incidents</Go>
      </p>
    </>
  );
}
