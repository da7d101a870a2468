// `node bin/on-node.js npx vitest run`: any program of node_modules on a Node that is new enough, whatever the machine has.
import { NO_RIGHT_NODE, rightNode, runOn } from './right-node.js';

const [program, ...args] = process.argv.slice(2);
const node = rightNode();
if (node === null) {
  process.stderr.write(NO_RIGHT_NODE);
  process.exitCode = 1;
} else {
  runOn(node, program === 'node' ? node : program, args);
}
