import type { Frame } from './frame.js';

/** What a body runs in, as seen by the code that drives bodies: a frame that is told the outcome. */
export interface BodyOwner extends Frame {
  /** The context in which this is called is that of all its callbacks from now on. */
  keepContext(): void;
  /** The body has returned a value, or thrown. Called once for each body that is not given up. */
  bodySettled(returned: boolean, payload: unknown): void;
}
