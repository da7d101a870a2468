/** Ids of what is listed in its order, cut so that no piece is larger than `pieceBytes`, unless by one that is so alone. */
export function inPieces(
  listed: readonly { readonly id: number; readonly bytes: number }[],
  pieceBytes: number,
): number[][] {
  const pieces: number[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const part of listed) {
    if (bytes + part.bytes > pieceBytes) {
      pieces.push([]);
      bytes = 0;
    }
    pieces.at(-1)?.push(part.id);
    bytes += part.bytes;
  }
  return pieces;
}
