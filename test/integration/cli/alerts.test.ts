import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as alert from '../../../src/cli/alert/alert.ts';
import * as annotations from '../../../src/cli/annotations/annotations.ts';
import * as silence from '../../../src/cli/silence/silence.ts';
import * as status from '../../../src/cli/status/status.ts';
import type { Config } from '../../../src/config/resolve.ts';
import { silentLog } from '../../../src/core/log.ts';
import { createPool, type Pool } from '../../../src/store/connection/pool.ts';
import { seed } from '../../api/seed.ts';
import { configOf, run, type Run } from '../../cli/operations.ts';
import { createDatabase } from '../../harness/database/database.ts';
import { describeWith } from '../../harness/describe-with.ts';
import { AlertStory, DRIFT } from '../alert-story.ts';

describeWith(['postgres'], 'commands about alerts on a real database', () => {
  let pool: Pool;
  let config: Config;
  beforeAll(async () => {
    const { url } = await createDatabase('cli_alerts');
    pool = createPool({ connectionString: url, max: 2, applicationName: 'test', log: silentLog });
    await seed(pool);
    config = await configOf(`database: "${url}"`);
  });
  afterAll(() => pool.end());

  const silences = async (...args: string[]): Promise<Run> =>
    await run(silence.register, ['silence', ...args], { config: async () => config });
  const alerts = async (...args: string[]): Promise<Run> =>
    await run(alert.register, ['alert', ...args], { config: async () => config });
  const ADD = ['add', 'model=credit-risk', '--author', 'ann', '--comment', 'why'];

  describe('silence', () => {
    it('prints the id alone, and says what it holds', async () => {
      const { out, said } = await silences(...ADD, '--for', '2h');
      const id = out.trim();
      expect(id).toMatch(/^\d+$/);
      expect(said).toBe(
        `Silence ${id} is good until 2026-03-10T14:07:00.000Z.\nalert 1, credit-risk 3, concept drift: nothing is told of it\n`,
      );
      const shown = await run(status.register, ['status'], { config: async () => config });
      expect(shown.out).toContain(`    held: silence ${id} by ann, until 2026-03-10 14:07 UTC\n`);
      const listed = JSON.parse((await silences('list', '--json')).out) as unknown;
      expect(listed).toMatchObject([{ id, state: 'active', author: 'ann', comment: 'why' }]);

      expect((await silences('expire', id, '--author', 'bob')).said).toContain(`Silence ${id} ended at`);
      expect((await silences('list')).said).toBe(
        'There is no silence in force; --all shows those that have ended.\n',
      );
      expect((await silences('list', '--all')).out).toMatch(/expired +model=credit-risk/);
      expect(JSON.parse((await silences('list', '--all', '--json')).out)).toMatchObject([
        { expired_by: 'bob' },
      ]);
    });

    it('may begin later', async () => {
      const { out, said } = await silences(...ADD, '--starts', '2026-03-11T08:00:00Z', '--for', '1h');
      expect(said).toContain('is good from 2026-03-11T08:00:00.000Z until 2026-03-11T09:00:00.000Z');
      await silences('expire', out.trim());
    });

    it('previews without making one', async () => {
      expect((await silences('preview', 'model=nobody')).out).toBe('No open alert fits.\n');
      const { out } = await silences('preview', '--json', 'kind=concept_drift');
      expect(JSON.parse(out)).toMatchObject([{ id: '1', model: 'credit-risk', held: true, features: [] }]);
      expect((await silences('preview', 'kind=concept_drift', 'feature=age')).out).toBe(
        'No open alert fits.\n',
      );
    });

    it.each<[string, string[]]>([
      ['a silence needs an end', ADD],
      ['--for and --until say the same', [...ADD, '--for', '1h', '--until', '2026-03-11T08:00:00Z']],
      ['over before it begins', [...ADD, '--until', '2026-03-10T12:00:00Z']],
      ['at most 366 days', [...ADD, '--for', '367d']],
      ['is no matcher', ['preview', 'credit-risk']],
      ['did you mean model?', ['preview', 'modle=x']],
      ['fit what has nothing of the kind', ['preview', 'model=~.*']],
      ['there is no silence "999"', ['expire', '999']],
      ['there is no silence "x"', ['expire', 'x']],
    ])('says %s', async (message, args) => {
      await expect(silences(...args)).rejects.toThrow(message);
    });

    it.each<[string, string[]]>([
      ["missing required argument 'matchers'", ['add', '--comment', 'c']],
      ["required option '--comment <text>'", ['add', 'model=m', '--for', '1h']],
      ['30s, 10m, 1h, 7d', [...ADD, '--for', 'two hours']],
      ['ISO 8601 time with its offset', [...ADD, '--until', 'tomorrow']],
    ])('is used like this: %s', async (message, args) => {
      const { code, usage } = await silences(...args);
      expect(code).toBe(2);
      expect(usage).toContain(message);
    });
  });

  describe('alert', () => {
    it('lists, the newest first, also as JSON', async () => {
      const { out } = await alerts('list', '--json');
      expect(JSON.parse(out)).toMatchObject([{ id: '3' }, { id: '2' }, { id: '1', acknowledged: null }]);
    });

    it('acknowledges, and takes it back', async () => {
      expect((await alerts('acknowledge', '1', '--author', 'ann')).said).toBe(
        'Alert 1 is acknowledged by ann: no reminders while it is open.\n',
      );
      expect((await alerts('acknowledge', '1', '--author', 'ann', '--for', '1h')).said).toBe(
        'Alert 1 is acknowledged by ann: no reminders until 2026-03-10T13:07:00.000Z.\n',
      );
      expect((await alerts('acknowledge', '1', '--undo')).said).toBe('Nobody looks after alert 1 now.\n');
    });

    it('acknowledges by the short word', async () => {
      expect((await alerts('ack', '1', '--author', 'ann', '--for', '2h')).said).toBe(
        'Alert 1 is acknowledged by ann: no reminders until 2026-03-10T14:07:00.000Z.\n',
      );
      expect((await alerts('ack', '1', '--undo')).said).toBe('Nobody looks after alert 1 now.\n');
    });

    it.each<[string, string]>([
      ['ack', 'shiftwatch alert ack 1 --for 2h'],
      ['acknowledge', 'shiftwatch alert ack 1 --for 2h'],
      ['snooze', 'shiftwatch alert snooze 1 --for 2h'],
    ])('%s --help has examples', async (command, example) => {
      expect((await alerts(command, '--help')).usage).toContain(example);
    });

    it.each<[string, string[]]>([
      ["missing required argument 'id'", ['ack', '--for', '2h']],
      ['30s, 10m, 1h, 7d', ['snooze', '1', '--for', '2 hours']],
      ['30s, 10m, 1h, 7d', ['ack', '1', '--for', '0h']],
      ['(Did you mean snooze?)', ['snoze', '1', '--for', '2h']],
    ])('is used like this: %s', async (message, args) => {
      const { code, usage } = await alerts(...args);
      expect(code).toBe(2);
      expect(usage).toContain(message);
    });

    it('names the fix', async () => {
      await expect(alerts('snooze', '1')).rejects.toMatchObject({
        fix: 'Say --for 8h, or --until 2026-03-11T08:00:00Z.',
      });
      await expect(alerts('ack', '999')).rejects.toMatchObject({
        fix: 'Take the first column of `shiftwatch alert list`.',
      });
    });

    it('snoozes, and takes it back', async () => {
      expect((await alerts('snooze', '1', '--for', '8h')).said).toBe(
        'Alert 1 is snoozed: unless it is over before, people hear of it again at 2026-03-10T20:07:00.000Z.\n',
      );
      expect((await alerts('snooze', '1', '--undo')).said).toBe('Alert 1 is not snoozed.\n');
    });

    it.each<[string, string[]]>([
      ['Alert 2 has not fired yet', ['acknowledge', '2']],
      ['There is no alert 999.', ['acknowledge', '999']],
      ['there is no alert "x"', ['acknowledge', 'x']],
      ['a snooze needs an end', ['snooze', '1']],
      ['within the next 366 days', ['snooze', '1', '--until', '2026-03-10T12:00:00Z']],
    ])('says %s', async (message, args) => {
      await expect(alerts(...args)).rejects.toThrow(message);
    });
  });

  describe('closing', () => {
    const commands = async (...args: string[]): Promise<Run> =>
      await run(annotations.register, ['annotations', ...args], { config: async () => config });
    const drifting = async (): Promise<AlertStory> => {
      const story = await AlertStory.begin(pool, `story ${(stories += 1)}`);
      await story.hour(DRIFT);
      config = { ...config, models: [story.spec] };
      return story;
    };
    let stories = 0;

    it('resolves by hand, and shows who did', async () => {
      const story = await drifting();
      const id = await story.alertId();
      const by = ['--by', 'ann', '--comment', 'the feed is back'];
      expect((await alerts('resolve', id, ...by, '--dry-run')).said).toBe(
        `Alert ${id} (${story.spec.name} 1, firing) would be closed by ann, until a window that ends after now shows it again.\n`,
      );
      expect(await story.kinds()).toEqual(['firing']);
      const { out, said } = await alerts('resolve', id, ...by, '--json');
      expect(JSON.parse(out)).toMatchObject({ id, state: 'resolved', closed: { by: 'ann' } });
      expect(said).toContain('is closed by ann');
      expect(await story.kinds()).toEqual(['firing', 'resolved']);
      const shown = (await alerts('show', id)).out;
      expect(shown).toContain('covariate shift of age, resolved, since 2026-03-01 00:00 UTC\n');
      expect(shown).toContain('closed by ann: the feed is back\n');
      expect(shown).toContain('resolved_by_hand: by_person\n');
      expect(JSON.parse((await alerts('show', id, '--json')).out)).toMatchObject({
        id,
        events: [{ kind: 'firing' }, { kind: 'resolved_by_hand' }],
        // The numbers that the screen of the incident draws.
        investigation: { features: [{ name: 'age' }], verdict: { judged_windows: 1 } },
      });
      await expect(alerts('resolve', id)).rejects.toThrow('is over already');
      await expect(alerts('show', '999999')).rejects.toThrow('there is no alert 999999');
    });

    it('says what was expected, lists it and takes it back', async () => {
      const story = await drifting();
      const id = await story.alertId();
      await expect(
        alerts('expected', id, '--comment', 'sale', '--until', '2026-01-01T00:00:00Z'),
      ).rejects.toThrow('must lie in the future');
      expect((await alerts('expected', id)).usage).toContain("required option '--comment <text>'");
      await alerts('expected', id, '--by', 'ann', '--comment', 'the sale', '--for', '7d');
      expect(await story.events()).toContain('expected: by_person');
      const of = ['--model', story.spec.name];
      const [row] = JSON.parse((await commands('list', ...of, '--json')).out) as { id: string }[];
      expect(row).toMatchObject({ alert_id: id, until: '2026-03-17T12:07:00.000Z', comment: 'the sale' });
      expect((await commands('list', ...of)).out).toMatch(/covariate shift of age .* ann +the sale/);
      expect((await commands('remove', row!.id, '--dry-run')).said).toBe(
        `Annotation ${row!.id} (the sale) would be taken back: what shows covariate shift of age again is told.\n`,
      );
      expect((await commands('remove', row!.id, '--by', 'bob')).said).toContain('is taken back');
      expect((await commands('list', ...of)).said).toBe(
        'Nobody has said of a change that it was expected.\n',
      );
      expect(JSON.parse((await commands('list', ...of, '--all', '--json')).out)).toMatchObject([
        { removed_by: 'bob' },
      ]);
      await expect(commands('remove', 'x')).rejects.toThrow('there is no annotation "x"');
    });
  });
});
