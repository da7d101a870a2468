/** How screens call the states of an incident, each with the style of its pill. The API and commands say the keys. */
export const INCIDENT_STATES = {
  pending: ['none', 'not confirmed yet'],
  firing: ['concept', 'open'],
  recovering: ['fault', 'open, recovering'],
  resolved: ['ok', 'resolved'],
} as const satisfies Record<string, readonly [style: string, name: string]>;
