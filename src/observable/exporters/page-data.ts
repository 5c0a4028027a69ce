import type { Timeline } from '../recorders/record-timeline.js';
import type { TimelineEntry, TimelineWait } from '../recorders/timeline-entry.js';
import { firstTime } from './first-time.js';
import { type PageData, type PageRow, STEP_KINDS } from './page-format.js';
import { waitPhrase } from './wait-phrase.js';

/**
 * Scopes without a task inside are what one task does in itself: they have no row, and what their code waited for is told of
 * the task. So is what the code of the other scopes waited for, for it is the task's code too.
 */
export function pageData(timeline: Timeline, folded: readonly string[], depth: number): PageData {
  const entries = timeline.entries();
  const { until } = timeline;
  const from = firstTime(entries, until);
  const relative = (time: number): number => Math.round((time - from) * 1000) / 1000;
  const optional = (time: number | undefined): number | undefined =>
    time === undefined ? undefined : relative(time);
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const containerOf = (entry: TimelineEntry): TimelineEntry | undefined => byId.get(entry.container ?? 0);

  const shown = shownEntries(entries, containerOf);
  const indexOf = new Map(shown.map((entry, index) => [entry.id, index]));
  const rowOf = (id: number | undefined): number => {
    let at = byId.get(id ?? 0);
    while (at !== undefined && !indexOf.has(at.id)) at = containerOf(at);
    return at === undefined ? -1 : indexOf.get(at.id)!;
  };
  const waitsOfTask = waitsByTask(entries, containerOf);
  const texts = new Texts();
  const nameOf = (id: number): string => byId.get(id)?.name ?? '';
  const ofWait = (wait: TimelineWait): number => {
    const ids = wait.target === undefined ? wait.others : [wait.target, ...wait.others];
    return texts.indexOf(waitPhrase(wait, nameOf), () => ids.map((id) => indexOf.get(id) ?? -1));
  };
  const rows = shown.map((entry): PageRow => {
    const { id, kind, name, state, createdAt, startedAt, endedAt, cancelledAt } = entry;
    const waits = (waitsOfTask.get(entry) ?? [])
      .sort((a, b) => a.from - b.from)
      .flatMap((wait) => [relative(wait.from), relative(wait.to ?? until), ofWait(wait)]);
    return {
      id,
      kind,
      name,
      state,
      around: rowOf(entry.container),
      spawner: rowOf(entry.spawner),
      created: relative(createdAt ?? from),
      started: optional(startedAt),
      ended: optional(endedAt),
      cancelled: optional(cancelledAt),
      waits,
      facts: factsOf(entry),
    };
  });
  const path = timeline
    .criticalPath()
    .flatMap((step) => [
      rowOf(step.id),
      relative(step.from),
      relative(step.to),
      STEP_KINDS.indexOf(step.kind),
      texts.indexOf(step.what, () => []),
    ]);
  return {
    name: timeline.name,
    duration: relative(until),
    dropped: timeline.droppedCount,
    folded,
    depth,
    texts: texts.all,
    links: texts.links,
    rows,
    path,
  };
}

type ContainerOf = (entry: TimelineEntry) => TimelineEntry | undefined;

function shownEntries(entries: readonly TimelineEntry[], containerOf: ContainerOf): TimelineEntry[] {
  const shown = new Set<TimelineEntry>();
  for (const entry of entries) {
    if (entry.kind !== 'task' && entry.container !== undefined) continue;
    for (let at: TimelineEntry | undefined = entry; at !== undefined && !shown.has(at); at = containerOf(at))
      shown.add(at);
  }
  return [...shown].sort((a, b) => a.id - b.id);
}

function waitsByTask(
  entries: readonly TimelineEntry[],
  containerOf: ContainerOf,
): Map<TimelineEntry, TimelineWait[]> {
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
  return waitsOfTask;
}

/** Each text once, with the rows that it names. */
class Texts {
  readonly all: string[] = [];
  readonly links: (readonly number[])[] = [];
  private readonly indexes = new Map<string, number>();

  indexOf(text: string, rows: () => readonly number[]): number {
    let index = this.indexes.get(text);
    if (index === undefined) {
      index = this.all.push(text) - 1;
      this.links.push(rows().filter((row) => row >= 0));
      this.indexes.set(text, index);
    }
    return index;
  }
}

function factsOf(entry: TimelineEntry): [string, string][] {
  const facts: [string, string][] = [];
  if (entry.error !== undefined) facts.push(['Error', entry.error]);
  if (entry.why.length > 0) facts.push(['Why it was cancelled', entry.why.join('\n')]);
  for (const [name, value] of Object.entries(entry.variables)) facts.push([`Variable ${name}`, value]);
  if (entry.site !== undefined) facts.push(['Spawned at', entry.site]);
  if (entry.notes.length > 0) facts.push(['Noted', entry.notes.join('\n')]);
  return facts;
}
