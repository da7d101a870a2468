/** Whether the screen follows by itself. */
export function LiveState() {
  return null;
}
