import type { DeliveryRow } from '../../../store/rows/deliveries.ts';
import type { Investigation } from '../../../store/rows/investigations.ts';
import { capital } from '../../../words/display-text.ts';
import { words } from '../../../words/page-format.ts';

type Event = Investigation['story'][number];

/** A decision (windows that decide the same one after the other are one), or a message with its deliveries. */
export type StoryEntry =
  | {
      readonly is: 'decision';
      readonly at: string;
      readonly name: string;
      readonly says: string;
      readonly by: string | null;
      readonly comment: string | null;
      readonly events: readonly Event[];
    }
  | {
      readonly is: 'message';
      readonly at: string;
      readonly about: string;
      readonly deliveries: readonly DeliveryRow[];
    };

const NAMES: Readonly<Record<string, string>> = {
  pending: 'Seen',
  firing: 'Incident',
  still_firing: 'Goes on',
  recovering: 'Recovering',
  resolved: 'Over',
  resolved_by_hand: 'Closed by hand',
  replaced: 'Version replaced',
  retrain_requested: 'Retraining asked for',
  retrain_declined: 'Retraining not asked for',
};

/** In order of time, decisions before the messages that came of them. */
export function storyEntries({ story, deliveries }: Investigation): StoryEntry[] {
  const entries: StoryEntry[] = [...decisions(story), ...messages(deliveries)];
  return entries.toSorted((a, b) => Date.parse(a.at) - Date.parse(b.at) || rank(a) - rank(b));
}

const rank = ({ is }: StoryEntry): number => (is === 'decision' ? 0 : 1);

function decisions(story: readonly Event[]): StoryEntry[] {
  const runs: [Event, ...Event[]][] = [];
  for (const event of story) {
    const run = runs.at(-1);
    const isSame =
      event.kind === 'still_firing' && run?.[0].kind === event.kind && run[0].reason === event.reason;
    if (isSame) run.push(event);
    else runs.push([event]);
  }
  return runs.map((events) => {
    const [{ at, kind, says, details }] = events;
    const by = textIn(details, 'by') ?? textIn(details, 'author');
    return {
      is: 'decision',
      at,
      name: NAMES[kind] ?? capital(words(kind)),
      // A reason that is the kind once more, or that a person said it who is named, says nothing.
      says: says === words(kind) || events.length > 1 || by !== null ? '' : says,
      by,
      comment: textIn(details, 'comment'),
      events,
    };
  });
}

/** Those of one kind that were made at once. */
function messages(deliveries: readonly DeliveryRow[]): StoryEntry[] {
  const grouped = new Map<string, DeliveryRow[]>();
  for (const delivery of deliveries) {
    const key = `${delivery.about} ${delivery.created_at.slice(0, 16)}`;
    grouped.set(key, [...(grouped.get(key) ?? []), delivery]);
  }
  return [...grouped.values()].flatMap((group): StoryEntry[] =>
    group[0] === undefined
      ? []
      : [{ is: 'message', at: group[0].created_at, about: group[0].about, deliveries: group }],
  );
}

/** The incident that it goes on as a part of. */
export function mergedInto({ story }: Investigation): string | null {
  const merged = story.findLast(({ kind }) => kind === 'merged');
  return merged === undefined ? null : textIn(merged.details, 'into');
}

function textIn(details: unknown, name: string): string | null {
  if (typeof details !== 'object' || details === null) return null;
  const value = (details as Readonly<Record<string, unknown>>)[name];
  return typeof value === 'string' && value !== '' ? value : null;
}
