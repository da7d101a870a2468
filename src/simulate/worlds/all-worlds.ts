import { BOOKINGS } from './bookings.ts';
import { CALLS } from './calls.ts';
import { CLAIMS } from './claims.ts';
import { FREIGHT } from './freight.ts';
import { GRID } from './grid.ts';
import { HALL } from './hall.ts';
import type { OrdinaryWorld } from './ordinary-world.ts';
import { PAYMENTS } from './payments.ts';
import { PRACTICE } from './practice.ts';
import { SHOP } from './shop.ts';
import { SUBSCRIPTIONS } from './subscriptions.ts';
import { WIDE } from './wide.ts';

/** Rules are made on the first; those held back say whether they hold. */
export const WORLDS: readonly OrdinaryWorld[] = [
  SHOP,
  BOOKINGS,
  PAYMENTS,
  HALL,
  CLAIMS,
  SUBSCRIPTIONS,
  PRACTICE,
  WIDE,
  FREIGHT,
  CALLS,
  GRID,
];
