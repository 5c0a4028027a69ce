/**
 * A slot for a test kit that wants to know which coordination objects (semaphores, locks, queues, ...) a program makes, to
 * look at them when the program has ended. Empty by default, and then it costs one test for null for each such object.
 */
export const coordination: { made: ((object: object) => void) | null } = { made: null };

/** Called at the end of a constructor. */
export function noteMade(object: object): void {
  if (coordination.made !== null) coordination.made(object);
}
