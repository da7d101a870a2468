/** What levels and values that are too few to be named are called. */
export const RARE = '(rare)';
