import type * as core from 'echarts/core';
import type { EChartsCoreOption } from 'echarts/core';
import { LIGHT_COLOURS } from '../../words/tokens.ts';
import type { Chart, DistributionChart, TimelineChart } from './chart.ts';

/** In the pixels of the mail; the picture has twice as many. */
const CHART_WIDTH_PX = 440;
const UPRIGHT_HEIGHT_PX = 190;
const ROW_HEIGHT_PX = 34;
const FRAME_HEIGHT_PX = 64;

export const CHART_FONT = 'Inter';
/** Letters that a phone, which shows the picture at three quarters, still shows at ten pixels. */
const LETTERS_PX = 14;
/** By how much a letter of the font is wider than the library, which has no font to measure, believes. */
const WIDER_LETTER_PX = 1;

const { ink: INK, soft: SOFT, line: GRID, reference: REFERENCE, current: CURRENT } = LIGHT_COLOURS;
const { 'concept-ink': LIMIT, card: GROUND } = LIGHT_COLOURS;

export interface Drawing {
  readonly svg: string;
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A chart as SVG. The library is loaded when there is something to draw: most processes never do. */
export async function drawChart(chart: Chart): Promise<Drawing> {
  const { init } = await loadEcharts();
  const heightPx =
    chart.kind === 'distribution' && !chart.ordered
      ? FRAME_HEIGHT_PX + ROW_HEIGHT_PX * chart.bars.length
      : UPRIGHT_HEIGHT_PX;
  const drawn = init(null, null, { renderer: 'svg', ssr: true, width: CHART_WIDTH_PX, height: heightPx });
  try {
    drawn.setOption(chart.kind === 'timeline' ? timelineOption(chart) : distributionOption(chart));
    return { svg: drawn.renderToSVGString(), widthPx: CHART_WIDTH_PX, heightPx };
  } finally {
    drawn.dispose();
  }
}

type Echarts = Pick<typeof core, 'init'>;

let loading: Promise<Echarts> | null = null;

function loadEcharts(): Promise<Echarts> {
  return (loading ??= (async () => {
    const [echarts, { BarChart, LineChart }, parts, { SVGRenderer }] = await Promise.all([
      import('echarts/core'),
      import('echarts/charts'),
      import('echarts/components'),
      import('echarts/renderers'),
    ]);
    const { GridComponent, LegendComponent, MarkLineComponent } = parts;
    echarts.use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, SVGRenderer]);
    return echarts;
  })());
}

const TEXT = { fontFamily: CHART_FONT, fontSize: LETTERS_PX, color: INK };
const FRAME = { animation: false, backgroundColor: GROUND, textStyle: TEXT };
const SHARE_LABEL = { ...TEXT, color: SOFT, formatter: (value: number) => `${Math.round(value * 100)} %` };

function distributionOption({ bars, ordered, rows }: DistributionChart): EChartsCoreOption {
  const largest = Math.max(...bars.flatMap(({ reference, current }) => [reference, current]));
  const longest = Math.max(...bars.map(({ name }) => name.length));
  const names = {
    type: 'category',
    data: bars.map(({ name }) => name),
    axisTick: { show: false },
    axisLine: { lineStyle: { color: GRID } },
    axisLabel: { ...TEXT, hideOverlap: ordered },
    // The largest stands on top, as in a list.
    inverse: !ordered,
  };
  const shares = {
    type: 'value',
    min: 0,
    ...(largest > 0.8 ? { max: 1, interval: 0.25 } : { splitNumber: 3 }),
    axisLabel: SHARE_LABEL,
    splitLine: { lineStyle: { color: GRID } },
  };
  return {
    ...FRAME,
    legend: {
      top: 2,
      left: 4,
      itemWidth: 14,
      itemHeight: 10,
      itemGap: 18,
      textStyle: TEXT,
      selectedMode: false,
    },
    grid: {
      left: ordered ? 8 : 8 + longest * WIDER_LETTER_PX,
      right: 18,
      top: 34,
      bottom: 6,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: ordered ? names : shares,
    yAxis: ordered ? shares : names,
    series: [
      bar(
        'training',
        REFERENCE,
        bars.map((each) => each.reference),
      ),
      bar(
        rows,
        CURRENT,
        bars.map((each) => each.current),
      ),
    ],
  };
}

function bar(name: string, color: string, data: readonly number[]): object {
  return { name, type: 'bar', data, itemStyle: { color }, barGap: '0%', barCategoryGap: '24%' };
}

function timelineOption({ points, lines, beganAt, percent }: TimelineChart): EChartsCoreOption {
  const axis = roundAxis([...points.flatMap(({ value }) => value ?? []), ...lines.map(({ value }) => value)]);
  return {
    ...FRAME,
    grid: {
      left: 8,
      right: 16,
      top: 30,
      bottom: 6,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    xAxis: {
      type: 'category',
      data: points.map(({ label }) => label),
      boundaryGap: false,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: GRID } },
      axisLabel: {
        ...TEXT,
        color: SOFT,
        interval: Math.max(0, points.length - 2),
        alignMinLabel: 'left',
        alignMaxLabel: 'right',
      },
    },
    yAxis: {
      type: 'value',
      ...axis,
      axisLabel: percent ? SHARE_LABEL : { ...TEXT, color: SOFT, formatter: axisNumber },
      splitLine: { lineStyle: { color: GRID } },
    },
    series: [
      {
        type: 'line',
        data: points.map(({ value }) => value),
        symbol: 'circle',
        symbolSize: points.length > 24 ? 4 : 6,
        lineStyle: { color: CURRENT, width: 2 },
        itemStyle: { color: CURRENT },
        markLine: {
          symbol: 'none',
          silent: true,
          animation: false,
          data: [...levelLines(lines), ...(beganAt === null ? [] : [beginning(beganAt, points.length)])],
        },
      },
    ],
  };
}

/** The upper one is named above, the lower one below: they may lie close to each other. */
function levelLines(lines: TimelineChart['lines']): object[] {
  const highest = Math.max(...lines.map(({ value }) => value));
  return lines.map(({ name, value, style }) => {
    const isLimit = style === 'limit';
    const color = isLimit ? LIMIT : SOFT;
    const position = value === highest ? 'insideStartTop' : 'insideStartBottom';
    return {
      yAxis: value,
      lineStyle: { color, type: isLimit ? 'dashed' : 'solid', width: 1.5 },
      label: { ...TEXT, ...HALO, formatter: name, color, position },
    };
  });
}
/** Letters stay readable where the line runs behind them. */
const HALO = { textBorderColor: GROUND, textBorderWidth: 4 };

function beginning(at: number, points: number): object {
  return {
    xAxis: at,
    lineStyle: { color: INK, type: 'dotted', width: 1.5 },
    label: { ...TEXT, formatter: 'began', position: 'end', align: at > points * 0.85 ? 'right' : 'center' },
  };
}

const MOST_STEPS = 4;

/** An axis with a little air above and below, on round numbers. */
function roundAxis(values: readonly number[]): { min: number; max: number; interval: number } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const air = (high - low) * 0.1;
  const unit = 10 ** Math.floor(Math.log10(Math.max(high - low, Math.abs(high) * 0.01, 1e-9)));
  const steps = Math.ceil((high - low + 2 * air) / unit);
  const interval = unit * Math.max(1, Math.ceil(steps / MOST_STEPS));
  // Shares and distances end at zero.
  const min = Math.floor((low >= 0 ? Math.max(0, low - air) : low - air) / interval) * interval;
  return { min, max: Math.max(Math.ceil((high + air) / interval) * interval, min + interval), interval };
}

function axisNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}
