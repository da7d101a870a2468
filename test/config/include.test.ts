import { expect, it } from 'vitest';
import { explainConfig } from '../../src/config/explain.ts';
import { loadConfig } from '../../src/config/load.ts';
import { mkdtempSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { formatProblem } from '../../src/config/problem.ts';

/** Files of one folder → names of the models there are, or the mistakes, without the folder. */
async function load(files: Readonly<Record<string, string>>): Promise<string[]> {
  const { loaded, folder } = await loadFiles(files);
  return loaded.ok
    ? loaded.value.models.map(({ name, task, minRows }) => `${name} ${task} ${minRows}`)
    : loaded.error.map((problem) => formatProblem(problem).replaceAll(`${folder}/`, ''));
}

async function loadFiles(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'shiftwatch-include-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  return { loaded: await loadConfig(join(folder, 'shiftwatch.yaml'), { AGE: '7' }), folder };
}

const ALL = 'include: models/*.yaml\n';

it('takes one model a file, or a list, in the order of their names, with defaults', async () => {
  const files = {
    'shiftwatch.yaml': `${ALL}model_defaults: { task: regression, min_rows: 7 }\nmodels: [{ name: own }]\n`,
    'models/b.yaml': '- { name: b1 }\n- &two\n  name: b2\n  min_rows: 9\n- { <<: *two, name: b3 }\n',
    'models/a.yaml': 'name: a\ntask: classification\n',
    'models/note.txt': 'not a model',
  };
  expect(await load(files)).toEqual([
    'own regression 7',
    'a classification 7',
    'b1 regression 7',
    'b2 regression 9',
    'b3 regression 9',
  ]);
});

it('knows of each value in which file it is written, defaults in the one that all share', async () => {
  const { loaded, folder } = await loadFiles({
    'shiftwatch.yaml': `${ALL}model_defaults:\n  task: regression\nmodels:\n  - { name: own }\n`,
    'models/a.yaml': '# one\nname: a\nmin_rows: 7\n',
    'models/b.yaml': '- { name: b }\n-\n  name: c\n  tags:\n    team: risk\n',
  });
  if (!loaded.ok) throw new Error(loaded.error.map(formatProblem).join());
  const places = explainConfig(loaded.value).flatMap(({ path, line, file }) =>
    line !== null && path.startsWith('models[')
      ? [`${path} ${(file ?? 'shiftwatch.yaml').replace(`${folder}/`, '')}:${line}`]
      : [],
  );
  expect(places.sort()).toEqual([
    'models[0].name shiftwatch.yaml:5',
    'models[0].task shiftwatch.yaml:3',
    'models[1].min_rows models/a.yaml:3',
    'models[1].name models/a.yaml:2',
    'models[1].task shiftwatch.yaml:3',
    'models[2].name models/b.yaml:1',
    'models[2].task shiftwatch.yaml:3',
    'models[3].name models/b.yaml:3',
    'models[3].tags.team models/b.yaml:5',
    'models[3].task shiftwatch.yaml:3',
  ]);
});

it('needs no models of its own', async () => {
  expect(await load({ 'shiftwatch.yaml': ALL, 'models/a.yaml': 'name: a\ntask: regression' })).toEqual([
    'a regression 200',
  ]);
});

it('says to whoever has no model how to have one', async () => {
  const how = 'shiftwatch init FILE writes the first model, and include: names files of models';
  const model = { 'models/a.yaml': 'name: a\ntask: regression' };
  expect(await load({ 'shiftwatch.yaml': 'models: []' })).toEqual([
    `shiftwatch.yaml:1:9: models: must not be empty: ${how}`,
  ]);
  expect(await load({ 'shiftwatch.yaml': 'timezone: UTC' })).toEqual([
    `shiftwatch.yaml:1:1: models: is required: ${how}`,
  ]);
  expect(await load({ 'shiftwatch.yaml': `${ALL}models: []`, ...model })).toEqual(['a regression 200']);
  // A pattern that fits nothing is told where it stands.
  expect(await load({ 'shiftwatch.yaml': `${ALL}models: []` })).toEqual([
    'shiftwatch.yaml:1:10: include: no file fits models/*.yaml',
  ]);
});

it('tells a mistake at its place in the file it is in', async () => {
  const files = {
    'shiftwatch.yaml': ALL,
    'models/a.yaml': 'name: a\ntask: regression\nmin_rows: many\n',
    'models/b.yaml': '- name: b\n  taks: regression\n',
  };
  expect(await load(files)).toEqual([
    'models/a.yaml:3:11: min_rows: expected a number, found text',
    'models/b.yaml:1:3: [0].task: is required: one of "classification", "regression"',
    'models/b.yaml:2:3: [0].taks: unknown key. Did you mean "task"?',
  ]);
});

it('names both places of a model that is there twice', async () => {
  const files = {
    'shiftwatch.yaml': `${ALL}models: [{ name: a, task: regression }]\n`,
    'models/a.yaml': 'task: regression\nname: a\n',
    'models/b.yaml': '- { name: b, task: regression }\n- { name: b, task: regression }\n',
  };
  expect(await load(files)).toEqual([
    'models/a.yaml:2:7: name: model a is already configured at shiftwatch.yaml:2:18',
    'models/b.yaml:2:11: [1].name: model b is already configured at models/b.yaml:1:11',
  ]);
});

it('says what cannot be included', async () => {
  expect(await load({ 'shiftwatch.yaml': 'include: [none/*.yaml]\n' })).toEqual([
    'shiftwatch.yaml:1:11: include[0]: no file fits none/*.yaml',
  ]);
  expect(await load({ 'shiftwatch.yaml': 'include: 7\n' })).toEqual([
    'shiftwatch.yaml:1:10: include: expected a file, such as models/*.yaml, or a list of them',
  ]);
  const [gone] = await load({ 'shiftwatch.yaml': 'include: gone.yaml\n' });
  expect(gone).toContain('gone.yaml:1:1: cannot read this file, which');
  expect(await load({ 'shiftwatch.yaml': ALL, 'models/a.yaml': 'just text\n' })).toEqual([
    'models/a.yaml:1:1: expected one model or a list of models',
  ]);
  const [broken] = await load({ 'shiftwatch.yaml': ALL, 'models/a.yaml': 'name: a\nname: b\n' });
  expect(broken).toMatch(/^models\/a\.yaml:2:1:/);
});
