/** What `traceTasks` needs of a tracer: OpenTelemetry's `Tracer` is one. Described here, so that nothing has to be installed. */
export interface TaskTracer {
  /** Begins a span whose parent is the active one, and calls back while it is the active one itself. */
  startActiveSpan(
    name: string,
    options: { readonly attributes: SpanAttributes },
    callback: (span: TaskSpan) => void,
  ): unknown;
}

/** What a span says about a task. */
export type SpanAttributes = Record<string, string | number | boolean>;

/** What `traceTasks` needs of a span: OpenTelemetry's `Span` is one. */
export interface TaskSpan {
  setAttribute(key: string, value: string | number | boolean): unknown;
  addEvent(name: string, attributes?: SpanAttributes): unknown;
  recordException(exception: Error | string): void;
  /** 2 is OpenTelemetry's code for an error. */
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}
