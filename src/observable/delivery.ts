import { currentFrame, outsideEveryFrame } from '../core/frame.js';
import type { SkeinEvent } from './events/skein-event.js';
import type { Registration } from './registration.js';

/**
 * How an event gets to its observers: on the spot, in their order, outside every scope.
 *
 *     deliver(a) ──▶ first ──▶ second ──▶ third ──▶ the events that these have caused meanwhile, oldest first
 *                      └─ cancels a task: deliver(b) waits for its turn
 *
 * So everybody sees the same order of events, and an observer is never called inside itself. Who is told is decided when
 * the event happens, not when its turn comes.
 */

interface Delivery {
  readonly event: SkeinEvent;
  readonly recipients: readonly Registration[];
}

/** Events that happened while another was being told, oldest first. */
let waiting: Delivery[] = [];
let delivering = false;

/**
 * Tells an event to those who were there when it happened.
 *
 * @returns whether somebody took it, as far as is known: false for one that has to wait for its turn.
 */
export function deliver(event: SkeinEvent, recipients: readonly Registration[]): boolean {
  if (delivering) {
    waiting.push({ event, recipients });
    return false;
  }
  delivering = true;
  try {
    // Most events come from the loop's own turn, outside every scope, and need not leave one: it costs up to 230 ns on
    // Node 24. Other libraries' stores stay as they are, so that a tracer sees at `created` who spawns.
    if (currentFrame() === null) return tell(event, recipients);
    return outsideEveryFrame(() => tell(event, recipients));
  } finally {
    delivering = false;
  }
}

function tell(event: SkeinEvent, recipients: readonly Registration[]): boolean {
  let taken = false;
  for (const registration of recipients) if (registration.receive(event)) taken = true;
  while (waiting.length > 0) {
    const batch = waiting;
    waiting = [];
    for (const { event: later, recipients: those } of batch) {
      for (const registration of those) registration.receive(later);
    }
  }
  return taken;
}
