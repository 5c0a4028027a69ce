import { checkObserver, type Observer } from './observer.js';
import { beginListening, endListening, globalSink } from './observer-sink.js';
import { Registration } from './registration.js';

/**
 * Where observers of everything are registered, for the whole program: `Observable.instance`. For one run give it
 * `{ observers }`; for a callback or a choice of events there is `observe`. After pfinal-asyncio's Observable.
 *
 * Nothing is observed by default, and then it costs a test of a boolean wherever something happens (O1). Observers are
 * called in the order of their registration, and all see the events in the same order. They may register, unregister,
 * spawn into a scope that they know, and cancel: what that causes is told when everybody has been told of the event at hand.
 *
 * @example
 * ```ts
 * const registration = Observable.instance.register({
 *   onTaskEvent: (event) => console.log(event.timestamp, event.type, event.task.name),
 * });
 * await run(async () => 1);
 * registration[Symbol.dispose]();
 * ```
 */
export class Observable {
  /** The one there is. */
  static readonly instance: Observable = new Observable();

  private constructor() {}

  /** Whether anybody is registered here. */
  get isEnabled(): boolean {
    return globalSink.observers.all.some((registration) => !registration.isInternal);
  }

  /**
   * Registers an observer, from the next event on. One that is registered twice is called twice.
   *
   * @returns takes this registration back when disposed of.
   * @throws InvalidArgumentError for what has none of an observer's methods.
   */
  register(observer: Observer): Disposable {
    checkObserver('observable.register(observer)', observer);
    return addGlobally(new Registration(observer));
  }

  /** Takes back every registration of an observer: it gets no event any more, not even one that is being told. False if there was none. */
  unregister(observer: Observer): boolean {
    return removeGlobally((registration) => registration.target === observer);
  }

  /** Takes back every registration, those made by `observe` included; the observers of single runs stay. */
  clear(): void {
    removeGlobally((registration) => !registration.isInternal);
  }
}

/** Registers for the events of everything. */
export function addGlobally(registration: Registration): Disposable {
  const { observers } = globalSink;
  if (observers.all.length === 0) beginListening();
  observers.add(registration);
  return { [Symbol.dispose]: () => void removeGlobally((other) => other === registration) };
}

function removeGlobally(picks: (registration: Registration) => boolean): boolean {
  const { observers } = globalSink;
  const removed = observers.remove(picks);
  if (removed && observers.all.length === 0) endListening();
  return removed;
}
