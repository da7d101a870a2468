import type { TestProject } from 'vitest/node';
import { findEngine } from './engine.ts';

/** Says once what containers run on, or why none do. */
export default async function setUp(project: TestProject): Promise<void> {
  const engine = await findEngine();
  if ('why' in engine) {
    process.stdout.write(`containers: none, ${engine.why}; ${engine.fix}\n`);
    const lacking = 'a container engine';
    project.provide('lacking', { engine: lacking, compose: lacking });
    return;
  }
  const compose = engine.hasCompose ? null : 'docker compose';
  process.stdout.write(`containers: ${engine.name}${compose === null ? '' : ', without docker compose'}\n`);
  project.provide('lacking', { engine: null, compose });
}
