/** `node tools/package/image-bill.ts FOLDER`: prints the bill of materials of what is built and installed there, by this Node. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bill, billOfInstallation } from './bill.ts';

const [, , folder = '.'] = process.argv;
const bill = JSON.parse(readFileSync(join(folder, 'dist/sbom.cdx.json'), 'utf8')) as Bill;
const isThere = (place: string): boolean => existsSync(join(folder, place, 'package.json'));
console.log(JSON.stringify(billOfInstallation(bill, isThere, process.versions.node), null, 2));
