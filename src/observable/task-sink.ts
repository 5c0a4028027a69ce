import type { EventSink, ResourceEventType, ScopeEventType, TaskEventType } from '../core/event-sink.js';
import { beginListening, endListening } from './observer-sink.js';
import { addTrustedSink, removeTrustedSink } from './trusted-sinks.js';

/** A trusted sink that is only interested in tasks. */
export abstract class TaskSink implements EventSink {
  abstract task(type: TaskEventType, task: object, error?: unknown): void;

  scope(_type: ScopeEventType, _scope: object, _detail?: unknown): boolean {
    return false;
  }

  resource(_type: ResourceEventType, _resource: object, _scope: object | null, _detail?: unknown): void {}
}

/** Tells a trusted sink of everything from now on, until it is disposed of. */
export function listenWith(sink: EventSink): Disposable {
  addTrustedSink(sink);
  beginListening();
  let listening = true;
  return {
    [Symbol.dispose]: () => {
      if (!listening) return;
      listening = false;
      removeTrustedSink(sink);
      endListening();
    },
  };
}
