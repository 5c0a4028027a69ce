// Type-checked against the declarations of the built package and of the real OpenTelemetry: nothing of it runs.
import { type Span, type Tracer, trace } from '@opentelemetry/api';
import { type TaskSpan, type TaskTracer, traceTasks } from 'skein/diagnostics';

declare const tracer: Tracer;
declare const span: Span;

// What OpenTelemetry gives is what the adapter takes, without a cast.
export const asTaskTracer: TaskTracer = tracer;
export const asTaskSpan: TaskSpan = span;
traceTasks(trace.getTracer('my-app'), {
  where: (task) => task.name !== 'tick',
  attributes: (task) => ({ 'task.name': task.name, 'task.id': task.id }),
});

// @ts-expect-error: a provider is no tracer
traceTasks(trace.getTracerProvider());
// @ts-expect-error: neither is a span
traceTasks(span);
