import { INTERRUPTED } from './flags.js';
import type { Lifetime } from './lifetime.js';

/** The signal of a lifetime: made on first use, aborted when it is cancelled and when it is left (C9). */
export function signalOf(lifetime: Lifetime): AbortSignal {
  const extras = lifetime.needExtras();
  if (extras.controller === null) {
    extras.controller = new AbortController();
    if ((lifetime.flags & INTERRUPTED) !== 0) extras.controller.abort(lifetime.cancelledError());
  }
  return extras.controller.signal;
}
