import { expect, test } from 'vitest';
import { playWorld } from '../../src/simulate/worlds/play-world.ts';
import { WORLDS } from '../../src/simulate/worlds/all-worlds.ts';
import { readTable } from '../../src/ingest/table/read-table.ts';
import { fileWith, jsonLines, kinds } from '../ingest/table/files.ts';

/** Worlds are judged as tables in memory, without what a file of theirs would lose. */
test.each(WORLDS.map((world) => [world.name, world] as const))(
  '%s: what is left out of its files is left out of its tables',
  async (_name, world) => {
    const { rows } = playWorld(world, { seed: 14_000_000, window: 0, density: 1 }, null);
    const lines = rows.reference.map(({ fed, timestampMs }) => ({
      ...fed,
      timestamp: new Date(timestampMs).toISOString(),
    }));
    const read = await readTable(fileWith(`${world.name}.jsonl`, jsonLines(lines)));
    const names = world.features.map(({ name }) => name);
    const found = Object.keys(kinds(read));
    expect(names.filter((name) => !found.includes(name))).toEqual(world.identifiers ?? []);
  },
);
