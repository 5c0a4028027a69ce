import { show } from '../core/checks.js';
import { currentLifetime } from '../core/current.js';
import { InvalidArgumentError } from '../core/errors.js';
import type { EventSink } from '../core/event-sink.js';
import { checkObserver, type Observer } from './observer.js';
import { beginListening, endListening, ObserverSink, sinkOf } from './observer-sink.js';
import { Registration } from './registration.js';

/**
 * Starts a run with observers of its own, which are told what happens in it and in runs inside it, and nothing else.
 *
 * They are unregistered when the run has ended, after its last event and before anybody who awaits the run goes on.
 *
 * @throws InvalidArgumentError for what is no list of observers; and whatever `start` throws.
 */
export function observeRun<T>(
  observers: readonly Observer[],
  start: (sink: EventSink | null) => Promise<T>,
): Promise<T> {
  if (!Array.isArray(observers)) {
    throw new InvalidArgumentError(
      `run: observers is an array, and was ${show(observers)}; write { observers: [observer] }`,
    );
  }
  for (const observer of observers as readonly unknown[]) checkObserver('run: observers', observer);
  if (observers.length === 0) return start(null);
  const sink = new ObserverSink(sinkOf(currentLifetime()?.realm ?? null));
  for (const observer of observers as readonly Observer[]) sink.observers.add(new Registration(observer));
  const end = (): void => {
    sink.observers.remove(() => true);
    endListening();
  };
  beginListening();
  try {
    // Not `result.then(end, end)` beside it: that would count as handling a rejection that nobody has seen.
    return start(sink).finally(end);
  } catch (error) {
    end();
    throw error;
  }
}
