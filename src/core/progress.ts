/** Long work tells how far it is: what is being done, and a fraction of 1; null where nobody knows how far it is. */
export interface Progress {
  show(what: string, fraction: number | null): void;
  end(): void;
}

export const noProgress: Progress = { show() {}, end() {} };
