import { type PageData, type PageRow, STEP_KINDS } from '../page-format.js';

/** A row with what follows from the others. */
export interface Row extends PageRow {
  readonly index: number;
  readonly depth: number;
  readonly children: number[];
  /** Its place among its siblings, from 1. */
  readonly place: number;
  /** When it ended, or the end of the recording. */
  readonly end: number;
  /** From its beginning to its end. */
  readonly span: number;
  /** How long it was queued for its turn or for a slot of its group; 0 for a scope. */
  readonly queued: number;
  readonly waited: number;
  /** How long it was on the critical path. */
  onPath: number;
  /** How many times as long as the median of its siblings it took; 0 where that says nothing. */
  timesMedian: number;
}

/** A step of the critical path. */
export interface PathStep {
  readonly row: number;
  readonly from: number;
  readonly to: number;
  readonly kind: (typeof STEP_KINDS)[number];
  readonly what: string;
}

/** A median of fewer says nothing. */
const ENOUGH_SIBLINGS = 8;
/** From here on a task is called slow. */
const SLOW = 2.5;

/** What the page shows, which never changes. */
export class PageModel {
  readonly data: PageData;
  readonly rows: readonly Row[];
  readonly roots: number[] = [];
  readonly path: readonly PathStep[];

  constructor(data: PageData) {
    this.data = data;
    const rows: Row[] = [];
    for (const row of data.rows) rows.push(this.rowOf(row, rows));
    this.rows = rows;
    for (const { children } of rows) compareSiblings(children.map((index) => rows[index]!));
    this.path = readPath(data);
    for (const { row, from, to } of this.path) if (row >= 0) rows[row]!.onPath += to - from;
  }

  private rowOf(row: PageRow, before: readonly Row[]): Row {
    const around = before[row.around];
    const end = row.ended ?? this.data.duration;
    const began = row.started ?? end;
    const index = before.length;
    return {
      ...row,
      index,
      depth: around === undefined ? 0 : around.depth + 1,
      children: [],
      place: (around?.children ?? this.roots).push(index),
      end,
      span: end - began,
      queued: row.kind === 'task' ? began - row.created : 0,
      waited: waitedTime(row.waits),
      onPath: 0,
      timesMedian: 0,
    };
  }

  siblings(row: Row): readonly number[] {
    return this.rows[row.around]?.children ?? this.roots;
  }
}

/** Whether it took much longer than what is beside it. */
export function isSlow(row: Row): boolean {
  return row.timesMedian >= SLOW;
}

/** Failed, or cancelled. */
export function isTrouble({ state }: Row): boolean {
  return state === 'failed' || state === 'cancelled';
}

function waitedTime(waits: readonly number[]): number {
  let sum = 0;
  for (let at = 0; at < waits.length; at += 3) sum += waits[at + 1]! - waits[at]!;
  return sum;
}

function compareSiblings(siblings: readonly Row[]): void {
  const ended = siblings.filter(
    ({ kind, span, state }) => kind === 'task' && span > 0 && state !== 'cancelled',
  );
  if (ended.length < ENOUGH_SIBLINGS) return;
  const spans = ended.map(({ span }) => span).sort((a, b) => a - b);
  const median = spans[spans.length >> 1]!;
  for (const row of ended) row.timesMedian = row.span / median;
}

function readPath({ path, texts }: PageData): PathStep[] {
  const steps: PathStep[] = [];
  for (let at = 0; at < path.length; at += 5) {
    steps.push({
      row: path[at]!,
      from: path[at + 1]!,
      to: path[at + 2]!,
      kind: STEP_KINDS[path[at + 3]!]!,
      what: texts[path[at + 4]!]!,
    });
  }
  return steps;
}
