import { checkCallback, checkOptions, show } from '../../core/checks.js';
import { InvalidArgumentError } from '../../core/errors.js';
import type { TaskEventType } from '../../core/event-sink.js';
import type { Task } from '../../core/task.js';
import { errorText } from '../../core/thrown-value.js';
import { warn } from '../../core/warnings.js';
import { recaptureContext } from '../task-context.js';
import { listenWith, TaskSink } from '../task-sink.js';
import { whyCancelled } from '../why-cancelled.js';
import type { SpanAttributes, TaskSpan, TaskTracer } from './tracer.js';

/** Which tasks have a span, and what it says. */
export interface TraceOptions {
  /** Whether a task that has just been spawned has a span; by default each has. One without passes its spawner's on. */
  readonly where?: ((task: Task<unknown>) => boolean) | undefined;
  /** Attributes of a task's span, beside those that each has. */
  readonly attributes?: ((task: Task<unknown>) => SpanAttributes) | undefined;
}

/** OpenTelemetry's SpanStatusCode.ERROR. */
const ERROR = 2;

/**
 * Makes a span of each task.
 *
 *     created ──▶ a span is begun, a child of the active one; the task gets a context in which its span is the active one
 *     started ──▶ an event of the span: what is before it was spent in the queue
 *     ended   ──▶ its state, its error; the span ends
 *
 * The parent comes by itself: whoever spawns runs in the context of its own task, so the active span is the spawner's, or one
 * that it has opened since.
 */
class Tracing extends TaskSink implements Disposable {
  private readonly tracer: TaskTracer;
  private readonly options: TraceOptions;
  /** Those that have not ended. Strongly held, as the tasks are while they live. */
  private readonly open = new Map<Task<unknown>, TaskSpan>();
  private readonly listening: Disposable;
  private begins = true;
  private reported = false;

  constructor(tracer: TaskTracer, options: TraceOptions) {
    super();
    this.tracer = tracer;
    this.options = options;
    this.listening = listenWith(this);
  }

  task(type: TaskEventType, subject: object, error?: unknown): void {
    const task = subject as Task<unknown>;
    try {
      if (type === 'created') {
        if (this.begins) this.begin(task);
        return;
      }
      const span = this.open.get(task);
      if (span === undefined) return;
      if (type === 'started') span.addEvent('started');
      else this.end(task, span, type, error);
    } catch (thrown) {
      this.report(thrown);
    }
  }

  private begin(task: Task<unknown>): void {
    const { where, attributes } = this.options;
    if (where?.(task) === false) return;
    const unnamed = task.name === `task-${task.id}`;
    // A number in the name of a span would make a group of its own of each.
    this.tracer.startActiveSpan(
      unnamed ? 'task' : task.name,
      { attributes: { 'skein.task.id': task.id, ...attributes?.(task) } },
      (span) => {
        this.open.set(task, span);
        recaptureContext(task);
      },
    );
  }

  private end(task: Task<unknown>, span: TaskSpan, state: TaskEventType, error: unknown): void {
    this.open.delete(task);
    if (!this.begins && this.open.size === 0) this.listening[Symbol.dispose]();
    span.setAttribute('skein.task.state', state);
    if (state === 'failed') {
      span.recordException(error instanceof Error ? error : errorText(error));
      span.setStatus({ code: ERROR, message: errorText(error) });
    } else if (state === 'cancelled') {
      // Not an error: somebody wanted it so.
      span.addEvent('cancelled', { 'skein.cancelled.why': whyCancelled(error).join('; ') });
    }
    span.end();
  }

  /** The tracer is not ours: what it throws harms no task, and is reported once. */
  private report(thrown: unknown): void {
    if (this.reported) return;
    this.reported = true;
    warn(
      'SKEIN_TRACER',
      `the tracer that was given to traceTasks(tracer) threw, so spans are missing: ${errorText(thrown)}. What else it ` +
        'throws is not reported; look at its exporter, and at where and attributes',
    );
  }

  /** Begins no further spans; those that are open end with their tasks. */
  [Symbol.dispose](): void {
    this.begins = false;
    if (this.open.size === 0) this.listening[Symbol.dispose]();
  }
}

/**
 * Makes an OpenTelemetry span of each task, with the tracer that it is given; skein itself needs nothing of OpenTelemetry. The
 * parent of a task's span is the span of its spawner, or one that the spawner has opened since, in async bodies and
 * in fibers. Spans that a body opens are children of its task's.
 *
 * That takes a context manager, which the set-ups of OpenTelemetry for Node register
 * (`context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())`): without one spans have no parents.
 *
 * A span has the name of its task, the attributes `skein.task.id` and `skein.task.state`, and an event `started`. A failure
 * is recorded as an exception and sets the status; a cancellation is an event `cancelled` with its reasons, and no error.
 *
 * @returns begins no further spans when disposed of; those that are open end with their tasks.
 * @throws InvalidArgumentError for what is no tracer, and for options that cannot be meant.
 * @example
 * ```ts
 * import { type TaskTracer, traceTasks } from 'skein/diagnostics';
 *
 * // In a program: trace.getTracer('shop') of @opentelemetry/api.
 * const span = { setAttribute() {}, addEvent() {}, recordException() {}, setStatus() {}, end() {} };
 * const tracer: TaskTracer = {
 *   startActiveSpan(name, options, callback) {
 *     console.log('span', name); // span main
 *     callback(span);
 *   },
 * };
 * const tracing = traceTasks(tracer);
 * await run(() => sleep(1));
 * tracing[Symbol.dispose]();
 * ```
 */
export function traceTasks(tracer: TaskTracer, options: TraceOptions = {}): Disposable {
  if (typeof (tracer as TaskTracer | undefined | null)?.startActiveSpan !== 'function') {
    throw new InvalidArgumentError(
      `traceTasks(tracer) takes a tracer of OpenTelemetry, and was given ${show(tracer)}; write ` +
        "traceTasks(trace.getTracer('my-app')), with trace from @opentelemetry/api",
    );
  }
  checkOptions('traceTasks(tracer, options)', options);
  const { where, attributes } = options;
  if (where !== undefined) checkCallback('traceTasks: where', where);
  if (attributes !== undefined) checkCallback('traceTasks: attributes', attributes);
  return new Tracing(tracer, { where, attributes });
}
