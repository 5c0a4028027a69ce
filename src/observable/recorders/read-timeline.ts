import { errorText } from '../../core/thrown-value.js';
import { whyCancelled } from '../why-cancelled.js';
import type { EventRing } from './event-ring.js';
import * as kind from './record-kind.js';
import type { Beginning, Survivors } from './survivors.js';
import type { TimelineEntry, TimelineState, TimelineWait } from './timeline-entry.js';

/** An entry while it is put together from its events. */
interface Draft {
  id: number;
  beginning: Beginning;
  startedAt: number | undefined;
  endedAt: number | undefined;
  ending: number;
  cancelledAt: number | undefined;
  detail: unknown;
  site: string | undefined;
  variables: Record<string, string>;
  notes: string[];
  waits: (TimelineWait & { others: number[] })[];
}

/**
 * Puts the events of a ring together to one entry for each task and scope, in the order of their ids, which is the order
 * in which they began.
 */
export function readTimeline(ring: EventRing, survivors: Survivors): TimelineEntry[] {
  const drafts = new Map<number, Draft>();
  for (const [id, beginning] of survivors.entries()) drafts.set(id, newDraft(id, beginning));
  for (const slot of ring.slots()) apply(ring, slot, drafts);
  return [...drafts.values()].sort((a, b) => a.id - b.id).map(finish);
}

function newDraft(id: number, beginning: Beginning): Draft {
  return {
    id,
    beginning,
    startedAt: beginning.startedAt,
    endedAt: undefined,
    ending: 0,
    cancelledAt: undefined,
    detail: undefined,
    site: undefined,
    variables: {},
    notes: [],
    waits: [],
  };
}

function apply(ring: EventRing, slot: number, drafts: Map<number, Draft>): void {
  const what = ring.kinds[slot]!;
  const id = ring.subjects[slot]!;
  const time = ring.times[slot]!;
  const detail = ring.details[slot];
  const isTask = what === kind.TASK_CREATED;
  if (isTask || what === kind.SCOPE_OPENED) {
    drafts.set(
      id,
      newDraft(id, {
        isTask,
        name: detail as string | undefined,
        container: ring.firsts[slot]!,
        spawner: ring.seconds[slot]!,
        createdAt: time,
        startedAt: isTask ? undefined : time,
      }),
    );
    return;
  }
  const draft = drafts.get(id);
  // Nothing is lost but what came after an end that was forgotten: a late warning.
  if (draft === undefined) return;
  if (kind.isEnd(what)) {
    draft.endedAt = time;
    draft.ending = what;
    endWait(draft, time);
    if (what !== kind.SCOPE_CLOSED) draft.detail = detail;
    return;
  }
  switch (what) {
    case kind.STARTED:
      draft.startedAt = time;
      break;
    case kind.SCOPE_CANCELLED:
      draft.cancelledAt = time;
      draft.detail = detail;
      break;
    case kind.WAIT_BEGAN:
      endWait(draft, time);
      draft.waits.push({
        from: time,
        to: undefined,
        what: detail as string,
        target: ring.firsts[slot] || undefined,
        others: [],
        inside: ring.seconds[slot] === 1,
      });
      break;
    case kind.WAITS_FOR:
      addOthers(draft, detail as number[]);
      break;
    case kind.WAIT_ENDED:
      endWait(draft, time);
      break;
    case kind.VARIABLES:
      addVariables(draft, detail as string[]);
      break;
    case kind.SITE:
      draft.site = detail as string;
      break;
    case kind.NOTE:
      draft.notes.push(errorText(detail));
      break;
  }
}

function endWait(draft: Draft, time: number): void {
  const last = draft.waits.at(-1);
  if (last !== undefined) last.to ??= time;
}

function addOthers(draft: Draft, ids: readonly number[]): void {
  const last = draft.waits.at(-1);
  for (const id of ids) if (last !== undefined && last.others.length < kind.MOST_OTHERS) last.others.push(id);
}

function addVariables(draft: Draft, pairs: string[]): void {
  for (let index = 0; index < pairs.length; index += 2) draft.variables[pairs[index]!] = pairs[index + 1]!;
}

function finish(draft: Draft): TimelineEntry {
  const { id, beginning, ending, detail } = draft;
  const { isTask, name, container, spawner, createdAt } = beginning;
  const state = stateOf(draft);
  return {
    id,
    kind: isTask ? 'task' : 'scope',
    name: name ?? `${isTask ? 'task' : 'scope'} #${id}`,
    state,
    container: container || undefined,
    spawner: spawner || undefined,
    createdAt,
    startedAt: draft.startedAt,
    endedAt: draft.endedAt,
    waits: draft.waits,
    cancelledAt: draft.cancelledAt,
    error: ending === kind.FAILED ? errorText(detail) : undefined,
    why: state === 'cancelled' ? whyCancelled(detail) : [],
    site: draft.site,
    variables: draft.variables,
    notes: draft.notes,
  };
}

function stateOf({ beginning, ending, startedAt, cancelledAt }: Draft): TimelineState {
  if (!beginning.isTask) {
    if (cancelledAt !== undefined) return 'cancelled';
    return ending === 0 ? 'open' : 'closed';
  }
  if (ending === kind.COMPLETED) return 'completed';
  if (ending === kind.FAILED) return 'failed';
  if (ending === kind.CANCELLED) return 'cancelled';
  return startedAt === undefined ? 'pending' : 'running';
}
