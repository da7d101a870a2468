import { featureStanding } from '../../words/feature-status.ts';

/** How a feature stands: words on a colour. */
export function FeatureStatusShown({ feature }: { feature: Parameters<typeof featureStanding>[0] }) {
  const { text, style } = featureStanding(feature);
  return <span className={`pill ${style}`}>{text}</span>;
}
