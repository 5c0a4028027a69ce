import { SkeinError } from '../core/errors.js';

/** When, at a checkpoint, the cancellation comes. */
export type Moment = 'entering' | 'waiting' | 'leaving';

/** A checkpoint that `cancelEverywhere` has found. */
export interface Checkpoint {
  /** Its number, from 1, in the order in which the program comes to them. */
  readonly index: number;
  /** What is waited for: `sleep(), 10 ms left`, `task #3 'load'`, `checkpoint()`, `spawn`. */
  readonly what: string;
  /** Whose it is: `task #2 'main'`. */
  readonly task: string;
  /** Where it stands in the code: `at load (file:///app/load.ts:12:5)`. */
  readonly place: string;
}

/**
 * What `cancelEverywhere` rejects with: a program that does not clean up when it is cancelled at one of its checkpoints.
 * The `cause` is what the program itself threw, if it threw anything that is not the cancellation.
 */
export class CheckpointError extends SkeinError {
  /** Which checkpoint it was. */
  readonly checkpoint: Checkpoint;
  /** When the cancellation (or the failure) came. */
  readonly moment: Moment;
  /** What was not as it should be, each in a sentence. */
  readonly broken: readonly string[];

  /** @internal */
  constructor(
    event: string,
    checkpoint: Checkpoint,
    moment: Moment,
    broken: readonly string[],
    cause?: { readonly cause: unknown },
  ) {
    const { index, what, task, place } = checkpoint;
    super(
      'SKEIN_CHECKPOINT',
      `${event} ${moments[moment]} checkpoint ${index}, ${what}, in ${task}\n    ${place}\n` +
        broken.map((text) => `  - ${text}`).join('\n'),
      cause,
    );
    this.name = 'CheckpointError';
    this.checkpoint = checkpoint;
    this.moment = moment;
    this.broken = broken;
  }
}

const moments: Readonly<Record<Moment, string>> = {
  entering: 'at',
  waiting: 'while it waited at',
  leaving: 'just after',
};
