import manifest from '../../../package.json' with { type: 'json' };

/** What `--version` prints and `/metrics` tells. */
export const VERSION: string = manifest.version;
