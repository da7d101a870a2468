import { PRESET_RULES } from './preset-rules.ts';
import { DUMMY_RULES, SMALL_RULES } from './rules.ts';
import type { PeerRule } from './rules.ts';

export const PEER_RULES: readonly PeerRule[] = [...PRESET_RULES, ...SMALL_RULES, ...DUMMY_RULES];
