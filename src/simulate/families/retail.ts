import type { Draws } from '../draws.ts';
import { logOf, rounded, times } from '../family.ts';
import type { Family } from '../family.ts';

export type RetailRow = {
  price: number;
  discount: number;
  tenure_days: number;
  quantity: number;
  distance_km: number;
  channel: string;
  category: string;
  region: string;
  payment: string;
  loyalty: string;
  weekday: string;
};

const CHANNELS = ['web', 'app', 'store', 'phone'];
const CATEGORIES = ['books', 'garden', 'toys', 'shoes', 'kitchen', 'music', 'sports', 'pets'];
const REGIONS = ['north', 'east', 'south', 'west', 'centre', 'islands'];
const PAYMENTS = ['credit card', 'invoice', 'wallet', 'cash'];
const LOYALTY = ['none', 'silver', 'gold'];
const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Categories that hang together: apps pay by wallet, stores sell for cash, gold customers stay longer. */
function drawRow(draw: Draws): RetailRow {
  const channel = CHANNELS[draw.choice([0.4, 0.3, 0.22, 0.08])] ?? '';
  const loyalty = LOYALTY[draw.choice([0.5, 0.32, 0.18])] ?? '';
  const payment =
    PAYMENTS[
      draw.choice(
        channel === 'app'
          ? [0.4, 0.1, 0.5, 0]
          : channel === 'store'
            ? [0.45, 0, 0.1, 0.45]
            : [0.5, 0.3, 0.2, 0],
      )
    ] ?? '';
  const worth = draw.normal();
  return {
    price: rounded(Math.exp(3.2 + 0.6 * worth + 0.3 * draw.normal()), 2),
    discount: rounded(1 / (1 + Math.exp(-(draw.normal() - 1.2 - 0.3 * worth))), 3),
    tenure_days: Math.round(Math.exp(5.5 + (loyalty === 'gold' ? 0.8 : 0) + 0.7 * draw.normal())),
    quantity: 1 + draw.poisson(1.2),
    distance_km: rounded(Math.exp(2 + 0.8 * draw.normal()), 1),
    channel,
    category: CATEGORIES[draw.choice([0.2, 0.18, 0.15, 0.13, 0.12, 0.09, 0.08, 0.05])] ?? '',
    region: REGIONS[draw.choice([0.25, 0.2, 0.2, 0.15, 0.15, 0.05])] ?? '',
    payment,
    loyalty,
    weekday: WEEKDAYS[draw.choice([1, 1, 1, 1, 1.3, 1.6, 0.8])] ?? '',
  };
}

/** Who sends the parcel back. Shoes come back from the app, invoices from everywhere. */
function truth(row: RetailRow): number {
  return (
    -0.5 +
    (row.category === 'shoes' ? 1.1 : row.category === 'books' ? -0.9 : 0) +
    (row.category === 'shoes' && row.channel === 'app' ? 0.9 : 0) +
    (row.payment === 'invoice' ? 0.9 : row.payment === 'cash' ? -0.8 : 0) +
    (row.loyalty === 'gold' ? -0.7 : 0) +
    (row.region === 'south' ? 0.4 : 0) +
    0.5 * (logOf(row.price) - 3.2) -
    1.8 * (row.discount - 0.25) * (row.channel === 'store' ? 2 : 1) -
    0.25 * (logOf(row.tenure_days) - 5.6)
  );
}

function imperfect(row: RetailRow): number {
  return (
    -0.5 +
    (row.category === 'shoes' ? 1.4 : row.category === 'books' ? -0.7 : 0) +
    (row.payment === 'invoice' ? 0.8 : 0) +
    (row.price > 25 ? 0.25 : -0.25)
  );
}

export const RETAIL: Family<RetailRow> = {
  name: 'retail',
  about: 'orders of a shop, mostly categories; which parcels come back',
  features: [
    { name: 'price', kind: 'numeric', scale: 'log', decimals: 2 },
    { name: 'discount', kind: 'numeric', scale: 'logit', decimals: 3, bounds: [0, 1] },
    { name: 'tenure_days', kind: 'numeric', scale: 'log', decimals: 0 },
    { name: 'quantity', kind: 'numeric', scale: 'fixed', decimals: 0 },
    { name: 'distance_km', kind: 'numeric', scale: 'log', decimals: 1 },
    ...['channel', 'category', 'region', 'payment', 'loyalty', 'weekday'].map((name) => ({
      name,
      kind: 'categorical' as const,
    })),
  ],
  classes: ['returned', 'kept'],
  outcome: { level: 30, spread: 6, noise: 5 },
  draw: drawRow,
  truth,
  imperfect,
  weak: (row) => -0.4 + 0.3 * (logOf(row.price) - 3.2) + (row.region === 'south' ? 0.3 : 0),
  matters: ['price', 'discount', 'tenure_days'],
  units: [
    { feature: 'price', name: '× 100', apply: times(100), isApart: true },
    { feature: 'discount', name: '× 100', apply: times(100), isApart: true },
    { feature: 'tenure_days', name: 'days → seconds', apply: times(86_400), isApart: true },
    { feature: 'distance_km', name: '× 1000', apply: times(1000), isApart: true },
  ],
  swaps: [
    ['price', 'tenure_days'],
    ['channel', 'payment'],
    ['distance_km', 'tenure_days'],
  ],
  flips: ['price', 'distance_km'],
};
