import { setFlagsFromString } from 'node:v8';
import { enableCompileCache } from 'node:module';
setFlagsFromString('--no-maglev');
if (process.env.CC) enableCompileCache(process.env.CC);
const { main } = await import('/work/h-a/dist/cli.js');
process.exitCode = await main(process.argv.slice(2));
