import { describe, expect, it } from 'vitest';
import { MAX_EVENTS_BYTES } from '../../src/api/routes/events.ts';
import { DOCUMENT } from './document.ts';

describe('docs/api.md', () => {
  it('states the limits that hold', () => {
    expect(DOCUMENT).toContain(`${MAX_EVENTS_BYTES / 1024 / 1024} MiB`);
  });
});
