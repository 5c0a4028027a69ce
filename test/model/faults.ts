/** Errors as the interpreter knows them: records with a text, which is what is compared. */

/** What a value is in a program: the text that a body returned, or what a gather made of such. */
export type Value = string | undefined | readonly Value[] | Fields;

/** What a gather makes of a record. */
export interface Fields {
  readonly [key: string]: Value;
}

export function textOf(value: Value): string {
  if (typeof value !== 'object') return String(value);
  if (isList(value)) return `[${value.map(textOf).join(', ')}]`;
  const fields = Object.entries(value).map(([key, field]) => `${key}: ${textOf(field)}`);
  return `{${fields.join(', ')}}`;
}

function isList(value: readonly Value[] | Fields): value is readonly Value[] {
  return Array.isArray(value);
}

export class Fault {
  readonly text: string;
  /** Set in a CancelledError: whose it is. */
  readonly cancellation: Cancellation | undefined;
  readonly cause: Fault | undefined;
  /** The errors that came later, while its scope unwound (E3). */
  private readonly later: Fault[] = [];

  constructor(text: string, cause?: Fault, cancellation?: Cancellation) {
    this.text = text;
    this.cause = cause;
    this.cancellation = cancellation;
  }

  isFollowedBy(fault: Fault): void {
    if (fault !== this && !this.later.includes(fault)) this.later.push(fault);
  }

  get followers(): string {
    return this.later.map(({ text }) => `, then ${text}`).join('');
  }
}

export type CancellationKind = 'cancel' | 'deadline' | 'failure' | 'signal' | 'left';

/** One cancellation, shared by all that it reaches (C13). */
export class Cancellation {
  readonly kind: CancellationKind;
  /** The lifetime that was cancelled first. */
  readonly subject: object;
  readonly reason: Fault | string;
  /** What checkpoints throw. */
  readonly fault: Fault;

  constructor(kind: CancellationKind, subject: object, reason: Fault | string, cause?: Fault) {
    this.kind = kind;
    this.subject = subject;
    this.reason = reason;
    const led = cause ?? (typeof reason === 'string' ? undefined : reason);
    this.fault = new Fault(`cancelled (${this.origin})`, led, this);
  }

  private get origin(): string {
    return `${this.kind}: ${typeof this.reason === 'string' ? this.reason : this.reason.text}`;
  }

  /** What somebody gets who waits for what this ended (C6). */
  outsider(): Fault {
    return new Fault(`somebody else was cancelled (${this.origin})`, this.fault);
  }

  /** C5: a body ended with its cancellation if its error's chain of causes reaches it. */
  owns(fault: Fault): boolean {
    for (let link: Fault | undefined = fault; link !== undefined; link = link.cause) {
      if (link.cancellation === this) return true;
    }
    return false;
  }
}
