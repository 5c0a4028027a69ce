import type { EventSink } from '../core/event-sink.js';
import { type Channel, namedChannel } from '../core/platform/diagnostics-channel.js';
import type { SkeinEvent, SkeinEventKind } from './events/skein-event.js';
import { addGlobally } from './observable.js';
import { Registration } from './registration.js';

/**
 * Events on the channels of `node:diagnostics_channel`: `skein:task:created`, `skein:scope:closed` and so on, one for each
 * type of event; the message is the event.
 *
 *     idle ──a run begins, and a channel has a subscriber──▶ publishing those kinds ──nobody is left──▶ idle
 *
 * The platform tells nobody of a subscription, so it is looked for when a run begins (62 ns on Node 20, 94 on Node 24), and
 * never when something happens. Idle, nothing is registered (O1).
 */
const types: Readonly<Record<SkeinEventKind, readonly SkeinEvent['type'][]>> = {
  task: ['created', 'started', 'completed', 'failed', 'cancelled'],
  scope: ['opened', 'cancelled', 'closed', 'suppressed', 'warning'],
  resource: ['opened', 'closed', 'failed', 'leaked'],
} satisfies { [K in SkeinEventKind]: readonly Parameters<EventSink[K]>[0][] };

type Channels = Readonly<Record<SkeinEventKind, ReadonlyMap<SkeinEvent['type'], Channel>>>;

let channels: Channels | undefined;

/** What is published now: the kinds, and what ends it. */
let publishing: { readonly kinds: readonly SkeinEventKind[]; readonly registration: Disposable } | undefined;

function open(): Channels {
  const opened = (kind: SkeinEventKind): ReadonlyMap<SkeinEvent['type'], Channel> =>
    new Map(types[kind].map((type) => [type, namedChannel(`skein:${kind}:${type}`)]));
  return { task: opened('task'), scope: opened('scope'), resource: opened('resource') };
}

function isSubscribed(of: ReadonlyMap<SkeinEvent['type'], Channel>): boolean {
  for (const channel of of.values()) if (channel.hasSubscribers) return true;
  return false;
}

/**
 * Looks who subscribes to the channels `skein:task:created` and so on of `node:diagnostics_channel`, and publishes to them
 * from now on. Each run looks when it begins, so this is only for those who subscribe while one is under way.
 *
 * @example
 * ```ts
 * import { subscribe } from 'node:diagnostics_channel';
 * import { publishToChannels } from 'skein/diagnostics';
 *
 * await run(async () => {
 *   subscribe('skein:task:completed', (event) => console.log((event as TaskEvent).task.name));
 *   publishToChannels();
 *   await spawn(() => sleep(1), 'job');
 * }); // job, main
 * ```
 */
export function publishToChannels(): void {
  channels ??= open();
  const { task, scope, resource } = channels;
  const onTask = isSubscribed(task);
  const onScope = isSubscribed(scope);
  const onResource = isSubscribed(resource);
  if (publishing === undefined && !onTask && !onScope && !onResource) return;
  const kinds = (['task', 'scope', 'resource'] as const).filter(
    (_, index) => [onTask, onScope, onResource][index],
  );
  if (publishing?.kinds.join() === kinds.join()) return;
  publishing?.registration[Symbol.dispose]();
  publishing =
    kinds.length === 0
      ? undefined
      : { kinds, registration: addGlobally(new Registration(publish, { kinds }, true)) };
}

function publish(event: SkeinEvent): void {
  const channel = channels![event.kind].get(event.type)!;
  if (channel.hasSubscribers) channel.publish(event);
  // Perhaps the last one has gone.
  else publishToChannels();
}
