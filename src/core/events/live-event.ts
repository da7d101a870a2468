/** Something that a screen shows has changed. Whoever hears it asks for what it is. */
export interface LiveEvent {
  readonly type: 'window' | 'verdict' | 'alert' | 'retrain' | 'pipeline';
  /** Null: it concerns all of them. */
  readonly model: string | null;
  /** Of the window, incident or run; null where many are meant. */
  readonly id: string | null;
}
