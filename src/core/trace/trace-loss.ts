/** Spans of this process that no collector took, since it started. */
export const traceLoss = { spans: 0 };
