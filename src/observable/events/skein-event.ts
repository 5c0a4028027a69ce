import type { ResourceEvent } from './resource-event.js';
import type { ScopeEvent } from './scope-event.js';
import type { TaskEvent } from './task-event.js';

/** Everything that can be observed; `event.kind` tells which. */
export type SkeinEvent = TaskEvent | ScopeEvent | ResourceEvent;

/** The kinds of event: `task`, `scope`, `resource`. */
export type SkeinEventKind = SkeinEvent['kind'];
