import { ScreenTitle } from '../../frame/screen-title.tsx';
import { ChartsShown } from './charts-shown.tsx';
import { ControlsShown } from './controls-shown.tsx';
import { StatesShown } from './states-shown.tsx';
import { TokensShown } from './tokens-shown.tsx';
import { VerdictsShown } from './verdicts-shown.tsx';
import '../../style/components.css';

/** Everything that screens are made of, in every state: what is looked at when one of them is changed. */
export function ComponentsScreen() {
  return (
    <>
      <ScreenTitle title="Components" />
      <p>
        Every part of these screens in every state. Its figures are made up; no panel here asks the server.
      </p>
      <VerdictsShown />
      <TokensShown />
      <ControlsShown />
      <StatesShown />
      <ChartsShown />
    </>
  );
}
