/** Test kit: `skein/testing`. */

export {
  type CancelEverywhereOptions,
  type CancelEverywhereResult,
  cancelEverywhere,
} from './cancel-everywhere.js';
export { type Checkpoint, CheckpointError, type Moment } from './checkpoint-error.js';
export { type ExpectNoLeaksOptions, expectNoLeaks } from './expect-no-leaks.js';
export { ExplorationError } from './exploration-error.js';
export { type ExplorationReport, explore } from './explore.js';
export type { ExplorationStrategy, ExploreOptions, ReplayOptions } from './explore-options.js';
export { type InScopeOptions, inScope } from './in-scope.js';
export { LeakError } from './leak-error.js';
export { replay } from './replay.js';
export { type RunVirtualOptions, runVirtual } from './run-virtual.js';
export { StalledError } from './stalled-error.js';
export type { Coverage } from './strategy.js';
export { VirtualClock } from './virtual-clock.js';
