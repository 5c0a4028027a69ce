import { errorText } from '../core/thrown-value.js';

/** One piece of work that failed. */
export interface GatherFailure {
  /** Its place in the input. */
  readonly index: number;
  /** The name of the task, or the key in a record; undefined for what has none. */
  readonly name: string | undefined;
  readonly error: unknown;
}

/**
 * Thrown by the strategy `WaitAll` when anything failed: an `AggregateError` that knows what failed, and what did not.
 *
 * @example
 * ```ts
 * try {
 *   await gather([work1, work2], GatherStrategy.WaitAll);
 * } catch (error) {
 *   if (error instanceof GatherError) console.log(error.report());
 * }
 * ```
 */
export class GatherError extends AggregateError {
  /** A stable identifier of the kind of error. */
  readonly code = 'SKEIN_GATHER';
  /** What failed, in input order. */
  readonly failures: readonly GatherFailure[];
  /** The values by index; the places of what failed are `undefined`. */
  readonly results: readonly unknown[];

  constructor(failures: readonly GatherFailure[], results: readonly unknown[]) {
    super(
      failures.map((failure) => failure.error),
      `${failures.length} of ${results.length} failed: ${failures.slice(0, 3).map(oneLine).join('; ')}${failures.length > 3 ? '; ...' : ''}`,
    );
    this.name = 'GatherError';
    this.failures = failures;
    this.results = results;
  }

  get failedCount(): number {
    return this.failures.length;
  }

  get successCount(): number {
    return this.results.length - this.failures.length;
  }

  /** All of it as text, a line for each failure. */
  report(): string {
    const head = `${this.failedCount} of ${this.results.length} failed, ${this.successCount} succeeded`;
    return [head, ...this.failures.map((failure) => `  ${oneLine(failure)}`)].join('\n');
  }

  /** All of it as data, for a log. */
  toJSON(): Record<string, unknown> {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      failedCount: this.failedCount,
      successCount: this.successCount,
      failures: this.failures.map(({ index, name, error }) => ({ index, name, error: errorText(error) })),
    };
  }
}

function oneLine(failure: GatherFailure): string {
  return `[${failure.name ?? failure.index}] ${errorText(failure.error)}`;
}
