import type { Chart, Picture } from './chart.ts';
import { drawChart } from './draw-chart.ts';
import { rasterise } from './rasterise.ts';

export async function pictureOf(chart: Chart): Promise<Picture> {
  const { svg, widthPx, heightPx } = drawChart(chart);
  return { chart, png: await rasterise(svg, widthPx), widthPx, heightPx };
}
