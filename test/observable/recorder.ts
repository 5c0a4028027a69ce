import { observe, type SkeinEvent, Task } from 'skein';

/** `created fetch`, `opened group`, in order: what tests compare. */
export function lineOf(event: SkeinEvent): string {
  switch (event.kind) {
    case 'task':
      return `${event.type} ${event.task.name}`;
    case 'scope':
      return `${event.type} ${event.scope.name}`;
    case 'resource':
      return `${event.type} resource`;
  }
}

/** Observes everything from now on, as lines. */
export function record(): Disposable & { readonly events: SkeinEvent[]; readonly lines: string[] } {
  const events: SkeinEvent[] = [];
  const lines: string[] = [];
  const watching = observe((event) => {
    events.push(event);
    lines.push(lineOf(event));
  });
  return { events, lines, [Symbol.dispose]: () => watching[Symbol.dispose]() };
}

/** The types of one task's events, in order. */
export function storyOf(events: readonly SkeinEvent[], task: Task<unknown> | string): string[] {
  return events
    .filter((event) => event.kind === 'task')
    .filter(({ task: it }) => (task instanceof Task ? it === task : it.name === task))
    .map(({ type }) => type);
}
