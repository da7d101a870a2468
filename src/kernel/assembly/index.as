export { readMessages } from './read';
export { addText, placeTexts } from './text';
export { countColumn, countNumbers } from './counts';
export { encodeNumbers } from './encode';
export { locate } from './locate';
export { askFilter } from './id-filter';

/** Where memory begins that nobody uses. */
export function heapStart(): usize {
  return __heap_base;
}
