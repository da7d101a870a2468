import type { RetrainDetail } from '../../../store/rows/retrains.ts';
import { valueDomain } from '../../../picture/domain.ts';
import { linePath } from '../../../picture/paths.ts';
import { linearScale, niceTicks } from '../../../picture/scale.ts';
import { formatNumber } from '../../../words/format.ts';
import { words } from '../../../words/page-format.ts';
import { ChartFrame } from '../../charts/chart-frame.tsx';
import { useWidth } from '../../charts/use-width.ts';

/** The run's curve against time and, where it is reported, against energy, with what it is measured against. */
export function Progress({ run, url }: { run: RetrainDetail; url: string }) {
  const { points, target } = run.progress;
  if (points.length === 0) {
    return (
      <p className="soft">
        The training pipeline has reported nothing yet. It may post its progress to{' '}
        <code>/api/v1/retrains/{run.id}/status</code>.
      </p>
    );
  }
  const metrics = [...new Set(points.map(({ metric }) => metric))];
  return (
    <div className="columns">
      {metrics.flatMap((metric) => {
        const own = points.filter((point) => point.metric === metric);
        const aim = target?.metric === metric ? target.value : null;
        const byTime = own.map(({ elapsed_s: at, value }) => [at, value] as const);
        const byEnergy = own.flatMap(({ energy_j: at, value }) =>
          at === null ? [] : [[at, value] as const],
        );
        const shared = { metric, aim, url, id: run.id };
        return [
          <Curve key={`${metric} time`} {...shared} against="seconds" points={byTime} />,
          ...(byEnergy.length === 0
            ? []
            : [<Curve key={`${metric} energy`} {...shared} against="joules" points={byEnergy} />]),
        ];
      })}
    </div>
  );
}

interface CurveProps {
  readonly metric: string;
  readonly against: string;
  readonly points: readonly (readonly [number, number])[];
  readonly aim: number | null;
  readonly url: string;
  readonly id: string;
}

const HEIGHT_PX = 180;
const LEFT_PX = 52;
const BOTTOM_PX = 30;

function Curve({ metric, against, points, aim, url, id }: CurveProps) {
  const [frame, width] = useWidth<HTMLDivElement>(420);
  const x = linearScale(valueDomain(points.map(([at]) => at)), [LEFT_PX, width - 8]);
  const y = linearScale(valueDomain([...points.map(([, value]) => value), aim]), [HEIGHT_PX - BOTTOM_PX, 8]);
  const title = `${words(metric)} against ${against}`;
  const last = points.at(-1);
  return (
    <ChartFrame
      title={title}
      url={url}
      command={`shiftwatch retrain show ${id} --json`}
      table={{ columns: [against, metric], rows: points }}
    >
      <div ref={frame}>
        <svg
          width={width}
          height={HEIGHT_PX}
          role="img"
          aria-label={`${title}: ${last === undefined ? 'nothing' : formatNumber(last[1])} at the end${aim === null ? '' : `, target ${formatNumber(aim)}`}.`}
        >
          {niceTicks(y.domain, 4).map((value) => (
            <g key={value}>
              <line className="axis" x1={LEFT_PX} x2={width} y1={y.at(value)} y2={y.at(value)} />
              <text x={LEFT_PX - 6} y={y.at(value) + 4} textAnchor="end">
                {formatNumber(value)}
              </text>
            </g>
          ))}
          {niceTicks(x.domain, 4).map((value) => (
            <text key={value} x={x.at(value)} y={HEIGHT_PX - BOTTOM_PX + 14} textAnchor="middle">
              {formatNumber(value)}
            </text>
          ))}
          <text x={width} y={HEIGHT_PX - 2} textAnchor="end">
            {against}
          </text>
          {aim === null ? null : (
            <g>
              <line className="threshold" x1={LEFT_PX} x2={width} y1={y.at(aim)} y2={y.at(aim)} />
              <text x={width} y={y.at(aim) - 3} textAnchor="end">
                target {formatNumber(aim)}
              </text>
            </g>
          )}
          <g className="current">
            <path
              className="curve"
              d={linePath(points.map(([at, value]) => [x.at(at), y.at(value)] as const))}
            />
          </g>
        </svg>
      </div>
    </ChartFrame>
  );
}
