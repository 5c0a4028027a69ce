/**
 * What a gather or a group does about failures.
 *
 * @example
 * ```ts
 * const pages = await gather([fetchA, fetchB], GatherStrategy.ReturnPartial); // those that succeeded
 * ```
 */
export const GatherStrategy = {
  /** The first failure cancels the rest; all is waited for; that failure is thrown as it is. */
  FailFast: 'fail-fast',
  /** Everything runs to its end; if anything failed, a `GatherError` tells of all. */
  WaitAll: 'wait-all',
  /** Everything runs to its end; failures are left out. */
  ReturnPartial: 'return-partial',
} as const;

/** One of the three strategies, as a string. */
export type GatherStrategy = (typeof GatherStrategy)[keyof typeof GatherStrategy];
