/**
 * The entry `skein/diagnostics`: what shows a program from outside. It stands apart from the main entry so that a program
 * that does not look at itself does not carry it.
 */

// Where others listen.
export { publishToChannels } from './observable/diagnostics-channels.js';
// What is alive now, and what it waits for.
export { dumpOnHang, type HangOptions } from './observable/dump-on-hang.js';
export { type DumpOptions, dumpOnSignal } from './observable/dump-on-signal.js';
// Events, one after the other.
export { EventStream } from './observable/event-stream.js';
export { type EventsOptions, events } from './observable/events.js';
// A recording of what tasks and scopes did, and what it can be looked at with.
export { type ChromeTrace, type ChromeTraceEvent, chromeTrace } from './observable/exporters/chrome-trace.js';
export { type MeasureOptions, measureTasks } from './observable/exporters/measure-tasks.js';
export { nameAsyncStacks } from './observable/exporters/name-async-stacks.js';
export { type TimelinePageOptions, timelinePage } from './observable/exporters/timeline-page.js';
export { type TraceOptions, traceTasks } from './observable/exporters/trace-tasks.js';
export type { SpanAttributes, TaskSpan, TaskTracer } from './observable/exporters/tracer.js';
// Counters and histograms.
export type {
  MetricDistribution,
  MetricFamily,
  MetricLabels,
  MetricValue,
} from './observable/metrics/metric-family.js';
export { type Metrics, type MetricsOptions, metrics } from './observable/metrics/metrics.js';
export type { CriticalStep } from './observable/recorders/critical-path.js';
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
