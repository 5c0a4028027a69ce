import { errorText } from '../core/thrown-value.js';
import type { ResourceEvent } from '../observable/events/resource-event.js';
import { type Closable, type ClosingMethod, classOf, closingMethodOf } from '../resource/async-resource.js';
import type { AuditedRun } from './audited-runs.js';
import { placeOfCaller } from './place.js';

interface Entry {
  readonly label: string;
  readonly place: string;
  readonly resource: object;
  closes: number;
  isOpen: boolean;
  error: unknown;
  /** Takes the counting of closes off again. */
  restore(): void;
}

/** The resources that one program has registered, whether each was closed, and how often. */
export class ResourceLedger {
  private readonly entries = new Map<object, Entry>();
  private readonly run: AuditedRun;

  constructor(run: AuditedRun) {
    this.run = run;
  }

  onEvent = (event: ResourceEvent): void => {
    const { type, resource, subject } = event;
    if (type === 'opened') {
      if (subject === null || this.run.owns(subject)) this.opened(resource);
      return;
    }
    const entry = this.entries.get(resource);
    if (entry === undefined) return;
    if (type === 'closed') entry.isOpen = false;
    else if (type === 'failed') entry.error = event.error;
  };

  private opened(resource: object): void {
    if (this.entries.get(resource)?.isOpen === true) return;
    const entry: Entry = {
      label: classOf(resource),
      place: placeOfCaller(this.onEvent),
      resource,
      closes: 0,
      isOpen: true,
      error: undefined,
      restore: () => undefined,
    };
    entry.restore = countCloses(resource, closingMethodOf(resource), entry);
    this.entries.set(resource, entry);
  }

  /** What is left open, or was closed more than once, in words. */
  left(): string[] {
    const found: string[] = [];
    for (const { label, place, closes, isOpen, error } of this.entries.values()) {
      const why = error === undefined ? '' : ` (its closing threw: ${errorText(error)})`;
      if (isOpen) found.push(`the resource ${label} is still open${why}, registered ${place}`);
      if (closes > 1) found.push(`the resource ${label} was closed ${closes} times, registered ${place}`);
    }
    return found;
  }

  close(): void {
    for (const entry of this.entries.values()) entry.restore();
  }
}

/** Counts the calls of a resource's closing method; returns what takes that off again. */
function countCloses(resource: object, method: ClosingMethod | undefined, entry: Entry): () => void {
  const nothing = (): void => undefined;
  if (method === undefined) return nothing;
  const own = Object.getOwnPropertyDescriptor(resource, method);
  const original = (resource as Record<ClosingMethod, unknown>)[method] as (...given: unknown[]) => unknown;
  const counted = function (this: Closable, ...given: unknown[]): unknown {
    entry.closes++;
    return Reflect.apply(original, this, given);
  };
  try {
    Object.defineProperty(resource, method, {
      configurable: true,
      writable: true,
      enumerable: own?.enumerable ?? false,
      value: counted,
    });
  } catch {
    return nothing; // a frozen object: its closes cannot be counted
  }
  return () => {
    if (own === undefined) Reflect.deleteProperty(resource, method);
    else Object.defineProperty(resource, method, own);
  };
}
