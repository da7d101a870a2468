#!/usr/bin/env node
// Plain JavaScript that any Node can read, so that an old one gets a sentence instead of a syntax error.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `shiftwatch needs Node 22.18 or newer; this is ${process.version}.\n` +
      'In a clone, npm brings the right one: run `npm ci`, then `npm start`, or `npx shiftwatch` for any command.\n',
  );
  process.exitCode = 1;
} else {
  const { main } = await import('../src/cli/main.ts');
  process.exitCode = await main(process.argv.slice(2));
}
