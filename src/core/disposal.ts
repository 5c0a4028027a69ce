import { type Awaitable, Waitable } from './awaitable.js';
import { Cancellation } from './cancellation.js';
import * as flag from './flags.js';
import type { Lifetime } from './lifetime.js';
import { FULFILLED, PENDING, REJECTED } from './wait.js';

/** The end of a lifetime that is being disposed of. It is clean-up, so a cancellation does not interrupt the wait. */
class Disposal extends Waitable<void> {
  override get label(): string {
    return 'await using';
  }

  override outlasts(): boolean {
    return true;
  }
}

/**
 * The disposal of a task, scope or group (`await using`): cancels what still runs, waits until it has ended, and throws
 * what it failed with, unless somebody else was told already.
 */
export function disposeLifetime(lifetime: Lifetime): Awaitable<void> {
  const disposal = new Disposal();
  if ((lifetime.flags & flag.CLAIMED) !== 0 && lifetime.status !== PENDING) {
    disposal.settle(FULFILLED, undefined);
    return disposal;
  }
  const finish = (): void => {
    const { payload, extras } = lifetime;
    // `await group.waitAll()` at the end of an `await using` block has thrown it: thrown again, it would come out as a
    // SuppressedError of itself (E3).
    if (lifetime.status === REJECTED && extras?.policy?.hasTold?.(payload) !== true)
      disposal.settle(REJECTED, payload);
    else disposal.settle(FULFILLED, undefined);
  };
  // From here on a failure is ours to throw (E1).
  lifetime.flags |= flag.CLAIMED;
  if (lifetime.status !== PENDING) {
    lifetime.claimed(null);
    finish();
    return disposal;
  }
  lifetime.whenEnded(finish);
  if ((lifetime.flags & flag.MANUAL) !== 0) lifetime.dispose();
  else lifetime.cancelWith(new Cancellation('cancel', lifetime, 'disposed of'));
  return disposal;
}
