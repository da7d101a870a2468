import type { Family } from '../family.ts';
import { CLINIC } from './clinic.ts';
import { CREDIT } from './credit.ts';
import { GAUSSIAN } from './gaussian.ts';
import { MACHINES } from './machines.ts';
import { RETAIL } from './retail.ts';
import { RIDES } from './rides.ts';

export const FAMILIES: readonly Family[] = [CREDIT, GAUSSIAN, MACHINES, RETAIL, CLINIC, RIDES];
