import type { Lifetime } from './lifetime.js';
import { callSafely } from './reports.js';

/**
 * Calls a user's function back, soon, once a lifetime has ended: through the loop, so that it never runs inside whatever
 * ended it. What it throws is reported (O3).
 *
 * @returns takes the callback back when disposed of.
 */
export function callWhenDone(lifetime: Lifetime, callback: () => void): Disposable {
  const { loop } = lifetime.realm;
  let wanted = true;
  const call = (): void => {
    if (wanted) callSafely(lifetime, 'a callback of onDone', callback);
  };
  const ended = (): void => loop.schedule(call);
  lifetime.whenEnded(ended);
  return {
    [Symbol.dispose]: () => {
      wanted = false;
      lifetime.extras?.endCallbacks?.delete(ended);
    },
  };
}
