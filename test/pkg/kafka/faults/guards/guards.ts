import { ADMINISTERING } from './administering.js';
import { CONSUMING } from './consuming.js';
import { FETCHING } from './fetching.js';
import type { Guard } from './guard.js';
import { PRODUCING } from './producing.js';

/** Every guard that is taken out. */
export const GUARDS: readonly Guard[] = [...PRODUCING, ...FETCHING, ...CONSUMING, ...ADMINISTERING];
