import type { InputProfile } from '../../stats/profile/input-profile.ts';
import type { WindowRef } from '../window-ref.ts';

/** What one window and segment gained since the last checkpoint. */
export class WindowDelta {
  readonly window: WindowRef;
  readonly segment: string;
  readonly profile: InputProfile;
  #encoded: Uint8Array | null = null;

  constructor(window: WindowRef, segment: string, profile: InputProfile) {
    this.window = window;
    this.segment = segment;
    this.profile = profile;
  }

  get rows(): number {
    return this.profile.rows;
  }

  /**
   * As it is stored, however often that has to be tried. The counts' memory is there for others from then on, while the database
   * has still to answer: they must not be read any more.
   */
  encoded(): Uint8Array {
    if (this.#encoded === null) {
      this.#encoded = this.profile.encode();
      this.profile.release();
    }
    return this.#encoded;
  }
}
