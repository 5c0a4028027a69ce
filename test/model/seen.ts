import {
  CancelledError,
  GatherError,
  ScopeClosedError,
  suppressedOf,
  TaskCancelledError,
  TimeoutError,
} from '../../src/index.js';

/** What was seen of skein, as text: the interpreter writes the same of its own records (faults.ts). */

/** An error that a step threw. */
export class Failure extends Error {
  constructor(label: string) {
    super(label);
    this.name = 'Failure';
  }
}

export function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${text(field)}`);
  return `{${fields.join(', ')}}`;
}

/** The errors that followed another while its scope unwound (E3); empty if there were none. */
export function followers(error: unknown): string {
  const later = suppressedOf(error);
  return later.length === 0 ? '' : `, then ${later.map(fault).join(', then ')}`;
}

/** An error as text: which throw it came from, or what kind of cancellation it tells of. */
export function fault(error: unknown): string {
  if (error instanceof Failure) return error.message;
  if (error instanceof CancelledError) return `cancelled (${origin(error)})`;
  if (error instanceof TaskCancelledError) return `somebody else was cancelled (${origin(error)})`;
  if (error instanceof TimeoutError) return `timeout ${error.ms}`;
  if (error instanceof ScopeClosedError) return 'scope closed';
  if (error instanceof GatherError) {
    const failures = error.failures.map(({ index, error: each }) => `${index}: ${fault(each)}`);
    return `gather (${failures.join('; ')}) of ${text(error.results)}`;
  }
  return `unexpected ${error instanceof Error ? error.stack : String(error)}`;
}

function origin(error: CancelledError | TaskCancelledError): string {
  const { kind, reason } = error.origin;
  return `${kind}: ${reason instanceof Error ? fault(reason) : String(reason)}`;
}
