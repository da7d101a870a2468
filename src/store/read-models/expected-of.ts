/** In SQL: who expected what verdict `d` shows says so in these words; null: nobody did. A look at an index. */
export const expectedOf = (d: string): string => `(select 'expected: ' || x.comment from expected_verdict e
  join annotation x on x.id = e.annotation_id
  where e.window_id = ${d}.window_id and e.series = ${d}.series and e.segment = ${d}.segment and ${d}.verdict <> 'none')`;
