/** One database, one service and one browser for all that is looked at; what changes something comes last. */
import { beforeAll, describe } from 'vitest';
import { chromiumPath } from '../../dashboard/chromium.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { takenAlong } from './copies.ts';
import { byKeyboard } from './keys.ts';
import { everyScreen } from './looks.ts';
import { hostileNames } from './names.ts';
import { liveScreens } from './news.ts';
import { plainWords } from './plain-words.ts';
import { readmePicture } from './readme-picture.ts';
import { openStage, type Stage } from './stage.ts';
import { timeOfCharts } from './times.ts';

const path = chromiumPath();

describeWith(['postgres'], 'the dashboard in a browser', () => {
  let opened: Stage;
  const stage = (): Stage => opened;
  beforeAll(async () => {
    if (path !== null) opened = await openStage(path);
  });

  describe.skipIf(path === null)('every screen', () => everyScreen(stage));
  describe.skipIf(path === null)('plain words', () => plainWords(stage));
  describe.skipIf(path === null)('time', () => timeOfCharts(stage));
  describe.skipIf(path === null)('what is taken along', () => takenAlong(stage));
  describe.skipIf(path === null)('names', () => hostileNames(stage));
  describe.skipIf(path === null)('the README', () => readmePicture(stage));
  describe.skipIf(path === null)('news', () => liveScreens(stage));
  describe.skipIf(path === null)('keys', () => byKeyboard(stage));
});
