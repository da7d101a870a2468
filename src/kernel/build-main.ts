/** Compiles the kernel into the file that is named: `node build-main.ts FILE`. In a process of its own, for its memory. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import asc from 'assemblyscript/asc';
import { ASSEMBLY } from './kernel-sources.ts';

const OUT = 'kernel.wasm';
const OPTIONS = ['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--enable', 'simd'];
/** 256 MB, of which the machine gives what is used. It never grows: views of it would be void then. */
const MEMORY = ['--initialMemory', '4096', '--maximumMemory', '4096'];

const [, , file] = process.argv;
if (file === undefined) throw new Error('name the file to compile into');
const made: Uint8Array[] = [];
let said = '';
const { error } = await asc.main(['index.ts', ...OPTIONS, ...MEMORY, '--outFile', OUT], {
  // The compiler knows no other ending; with its own, what it reads would be taken for TypeScript by everything else.
  readFile(name) {
    try {
      return readFileSync(join(ASSEMBLY, name.replace(/\.ts$/, '.as')), 'utf8');
    } catch {
      return null;
    }
  },
  writeFile(_name, contents) {
    if (typeof contents !== 'string') made.push(contents);
  },
  listFiles: () => [],
  stderr: {
    write(text) {
      said += String(text);
    },
  },
});
const [bytes] = made;
if (error !== null || bytes === undefined) throw new Error(`the kernel does not compile: ${said}`);
mkdirSync(dirname(file), { recursive: true });
// Others may be at it, too; whoever reads it reads a whole one.
const draft = `${file}.${process.pid}`;
writeFileSync(draft, bytes);
renameSync(draft, file);
