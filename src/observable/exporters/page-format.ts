import type { TimelineState } from '../recorders/timeline-entry.js';

// What the timeline page is given, as JSON: the exporter writes it, the page's own script (page/) reads it.

/** A row of the page: a task, or a scope that has tasks in it. Times are milliseconds since the first event. */
export interface PageRow {
  readonly id: number;
  readonly kind: 'task' | 'scope';
  readonly name: string;
  readonly state: TimelineState;
  /** The index of the row around it, or -1. Invariant: it is less than the row's own. */
  readonly around: number;
  /** The row whose code made it, or -1. */
  readonly spawner: number;
  readonly created: number;
  /** Undefined: it never began. */
  readonly started?: number | undefined;
  /** Undefined: it had not ended. */
  readonly ended?: number | undefined;
  /** When it was cancelled, if it is a scope. */
  readonly cancelled?: number | undefined;
  /** From, to and index into the texts, one after the other, oldest first. */
  readonly waits: readonly number[];
  /** What the panel says beside the times: a heading and a text. */
  readonly facts: readonly (readonly [string, string])[];
}

/** The kinds of step of the critical path, as numbers. */
export const STEP_KINDS = ['ran', 'waited', 'queued'] as const;

/** What the page is given. */
export interface PageData {
  readonly name: string;
  readonly duration: number;
  readonly dropped: number;
  /** The names of the scopes that are folded at first. */
  readonly folded: readonly string[];
  /** Rows that are this deep or deeper are folded at first. */
  readonly depth: number;
  /** What was waited for, in words, each once. */
  readonly texts: readonly string[];
  /** For each text the rows of the tasks and scopes that it names. */
  readonly links: readonly (readonly number[])[];
  readonly rows: readonly PageRow[];
  /** The critical path in the order of time: row, from, to, index into STEP_KINDS and into the texts, one after the other. */
  readonly path: readonly number[];
}
