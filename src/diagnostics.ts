/**
 * The entry `skein/diagnostics`: what shows a program from outside. It stands apart from the main entry so that a program
 * that does not look at itself does not carry it.
 */

// What is alive now, and what it waits for.
export { dumpOnHang, type HangOptions } from './observable/dump-on-hang.js';
export { type DumpOptions, dumpOnSignal } from './observable/dump-on-signal.js';
// A recording of what tasks and scopes did, and what it can be looked at with.
export { type ChromeTrace, type ChromeTraceEvent, chromeTrace } from './observable/exporters/chrome-trace.js';
export { type TimelinePageOptions, timelinePage } from './observable/exporters/timeline-page.js';
// The latest events, for when something has gone wrong.
export {
  type FlightRecorder,
  type FlightRecorderOptions,
  flightRecorder,
} from './observable/recorders/flight-recorder.js';
export {
  recordTimeline,
  type Timeline,
  type TimelineOptions,
} from './observable/recorders/record-timeline.js';
export type { TimelineEntry, TimelineState, TimelineWait } from './observable/recorders/timeline-entry.js';
export type { RecordedVariable } from './observable/recorders/timeline-recorder.js';
export { TaskTree, taskTree } from './observable/task-tree.js';
export type { TreeNode, TreeWait } from './observable/tree-node.js';
export { whyCancelled } from './observable/why-cancelled.js';
