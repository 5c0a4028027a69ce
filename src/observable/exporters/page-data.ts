import type { Timeline } from '../recorders/record-timeline.js';
import type { TimelineEntry, TimelineState, TimelineWait } from '../recorders/timeline-entry.js';
import { firstTime } from './first-time.js';
import { waitPhrase } from './wait-phrase.js';

/** A row of the page: a task, or a scope that has tasks in it. Times are milliseconds since the first event. */
export interface PageRow {
  readonly id: number;
  readonly kind: 'task' | 'scope';
  readonly name: string;
  readonly state: TimelineState;
  /** The index of the row around it, or -1. Invariant: it is less than the row's own. */
  readonly around: number;
  readonly created: number;
  /** Undefined: it never began. */
  readonly started: number | undefined;
  /** Undefined: it had not ended. */
  readonly ended: number | undefined;
  /** From, to and index into the texts, one after the other. */
  readonly waits: readonly number[];
  /** What the panel says beside the times: a heading and a text. */
  readonly facts: readonly (readonly [string, string])[];
}

/** What the page is given. */
export interface PageData {
  readonly name: string;
  readonly duration: number;
  readonly dropped: number;
  /** The names of the scopes that are folded at first. */
  readonly folded: readonly string[];
  /** Rows that are this deep or deeper are folded at first. */
  readonly depth: number;
  readonly texts: readonly string[];
  readonly rows: readonly PageRow[];
}

/**
 * Scopes without a task inside are what one task does in itself: they have no row, and what their code waited for is told of
 * the task. So is what the code of the other scopes waited for, for it is the task's code too.
 */
export function pageData(timeline: Timeline, folded: readonly string[], depth: number): PageData {
  const entries = timeline.entries();
  const { until } = timeline;
  const from = firstTime(entries, until);
  const relative = (time: number): number => Math.round((time - from) * 1000) / 1000;
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const containerOf = (entry: TimelineEntry): TimelineEntry | undefined => byId.get(entry.container ?? 0);

  const shown = new Set<TimelineEntry>();
  for (const entry of entries) {
    if (entry.kind !== 'task' && entry.container !== undefined) continue;
    for (let at: TimelineEntry | undefined = entry; at !== undefined && !shown.has(at); at = containerOf(at))
      shown.add(at);
  }
  const waitsOfTask = new Map<TimelineEntry, TimelineWait[]>();
  for (const entry of entries) {
    let task: TimelineEntry | undefined = entry;
    while (task !== undefined && task.kind !== 'task') task = containerOf(task);
    if (task === undefined) continue;
    const list = waitsOfTask.get(task) ?? [];
    waitsOfTask.set(task, list);
    for (const wait of entry.waits)
      if (!wait.inside) list.push(wait.to === undefined ? { ...wait, to: entry.endedAt } : wait);
  }

  const texts: string[] = [];
  const textIndex = new Map<string, number>();
  const textOf = (text: string): number => {
    let index = textIndex.get(text);
    if (index === undefined) {
      index = texts.push(text) - 1;
      textIndex.set(text, index);
    }
    return index;
  };
  const nameOf = (id: number): string => byId.get(id)?.name ?? '';
  const indexOf = new Map<number, number>();
  const rows = [...shown]
    .sort((a, b) => a.id - b.id)
    .map((entry, index): PageRow => {
      indexOf.set(entry.id, index);
      const { id, kind, name, state, createdAt, startedAt, endedAt } = entry;
      const waits = (waitsOfTask.get(entry) ?? [])
        .sort((a, b) => a.from - b.from)
        .flatMap((wait) => [
          relative(wait.from),
          relative(wait.to ?? until),
          textOf(waitPhrase(wait, nameOf)),
        ]);
      return {
        id,
        kind,
        name,
        state,
        around: indexOf.get(entry.container ?? 0) ?? -1,
        created: relative(createdAt ?? from),
        started: startedAt === undefined ? undefined : relative(startedAt),
        ended: endedAt === undefined ? undefined : relative(endedAt),
        waits,
        facts: factsOf(entry, byId),
      };
    });
  return {
    name: timeline.name,
    duration: relative(until),
    dropped: timeline.droppedCount,
    folded,
    depth,
    texts,
    rows,
  };
}

function factsOf(entry: TimelineEntry, byId: ReadonlyMap<number, TimelineEntry>): [string, string][] {
  const facts: [string, string][] = [];
  if (entry.error !== undefined) facts.push(['Error', entry.error]);
  if (entry.why.length > 0) facts.push(['Why it was cancelled', entry.why.join('\n')]);
  const spawner = byId.get(entry.spawner ?? 0);
  if (spawner !== undefined) facts.push(['Spawned by', `${spawner.kind} #${spawner.id} ${spawner.name}`]);
  if (entry.site !== undefined) facts.push(['Spawned', entry.site]);
  for (const [name, value] of Object.entries(entry.variables)) facts.push([`Variable ${name}`, value]);
  if (entry.notes.length > 0) facts.push(['Noted', entry.notes.join('\n')]);
  return facts;
}
