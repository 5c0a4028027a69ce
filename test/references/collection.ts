// Proof that nothing is kept alive: things are watched with weak references while a program uses them, and must be gone
// after a forced collection, although whatever the program waited with lives on.
import { CancellationScope, checkpoint, Future, run, type Task, VirtualLoop } from 'skein';
import { expect } from 'vitest';
import { bodyOf, type Kind, type Steps } from '../concurrency/waiter-list-play.js';

export type Outcome = 'value' | 'failure' | 'cancelled';
export const outcomes = ['value', 'failure', 'cancelled'] as const;

/** Things that must be collected, each with the name to show if it is not. */
export class Watched {
  private readonly references = new Map<string, WeakRef<object>>();
  private count = 0;

  /** Watches a thing and gives it back. */
  readonly watch = <T extends object>(what: string, thing: T): T => {
    this.references.set(`${what} (${++this.count})`, new WeakRef(thing));
    return thing;
  };

  get size(): number {
    return this.references.size;
  }

  private get alive(): string[] {
    return [...this.references]
      .filter(([, reference]) => reference.deref() !== undefined)
      .map(([what]) => what);
  }

  /**
   * The names of what is still alive after forced collections. A weak reference that was looked at holds its target until
   * the job ends, so each collection has a turn of its own.
   */
  async survivors(): Promise<string[]> {
    for (let round = 0; round < 8; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      collect();
      await new Promise((resolve) => setImmediate(resolve));
      if (this.alive.length === 0) return [];
    }
    return this.alive;
  }
}

/** Collects all garbage; the tests run with --expose-gc. */
export function collect(): void {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error('these tests need node --expose-gc');
  gc();
}

/** What a wait is made with. Whatever it makes and waits for goes through `watch`. */
export interface Tools<Kept> {
  readonly kind: Kind;
  readonly watch: Watched['watch'];
  /** Lives on after the wait. Resolved or rejected to end it, and never settled if it is to be cancelled. */
  readonly go: Future<void>;
  /** What the wait is made on, if that is to live on: a lock, a queue, a task. */
  readonly kept: Kept;
  /** The task around the waiter's scope: it lives on. */
  readonly outside: Task<unknown>;
  /** A body of the kind under test that ends as `go` does, and holds a watched object while it runs. */
  work(): () => Promise<object>;
}

/** A wait: how it is made, and what ends it. */
export interface Case<Kept = unknown> {
  readonly name: string;
  readonly ends: readonly Outcome[];
  kept?(): Kept;
  /** Makes the wait and waits; each yield is a wait. */
  wait(tools: Tools<Kept>): Steps<unknown>;
  /** Ends it, if it is not `go` that does. */
  settle?(kept: Kept, outcome: Outcome): void;
  /** Looks at what lives on: no waiter, no listener may be left. */
  after?(kept: Kept): void;
}

/** Gives a case its types, and forgets them. */
export function waitCase<Kept = undefined>(given: Case<Kept>): Case {
  return given as unknown as Case;
}

/** How far a program has come; written by the waiter, read by the test. */
interface Progress {
  scope: CancellationScope | undefined;
  ended: Outcome | undefined;
}

/**
 * Plays one wait to its end in a task that lives on, and says what is still alive then. The loop, the waiting task, its
 * scope, `go` and `kept` are alive all the time.
 */
export async function remainsOf(one: Case, kind: Kind, outcome: Outcome): Promise<string[]> {
  const loop = new VirtualLoop();
  const watched = new Watched();
  const go = new Future<void>();
  const end = new Future<void>();
  const kept = one.kept?.();
  const progress: Progress = { scope: undefined, ended: undefined };
  const waiter = bodyOf(kind, function* (task: Task<unknown>): Steps<void> {
    yield* tracked(one, kind, watched, go, kept, progress, task);
    yield end;
  });
  const done = run(waiter as (task: Task<unknown>) => Promise<void>, { loop });
  await loop.settle();
  if (outcome === 'cancelled') {
    progress.scope!.cancel('enough');
  } else if (one.settle !== undefined) {
    one.settle(kept, outcome);
  } else if (outcome === 'value') {
    go.resolve();
  } else {
    go.reject(new Error('failed'));
  }
  // A wait that was cancelled is over at once; the time that it was for must not have passed.
  await loop.advance(outcome === 'cancelled' ? 10 : 10_000);
  expect(progress.ended, `${one.name} ends by ${outcome}`).toBe(outcome);
  // A scope keeps its signal, and the error that it failed with: so it goes, too.
  progress.scope = undefined;
  const remains = await watched.survivors();
  expect(watched.size, `${one.name} watches something`).toBeGreaterThan(0);
  expect(go.firstWait, 'nobody waits for it any more').toBeNull();
  one.after?.(kept);
  end.resolve();
  await loop.settle();
  await done;
  return remains;
}

/** The wait, in a scope that can be cancelled alone. All that it leaves on the stack is gone when it returns. */
function* tracked(
  one: Case,
  kind: Kind,
  watched: Watched,
  go: Future<void>,
  kept: unknown,
  progress: Progress,
  outside: Task<unknown>,
): Steps<void> {
  const { watch } = watched;
  const work = (): (() => Promise<object>) => {
    const held = watch('what the work holds', { held: true });
    return watch(
      'the work',
      bodyOf(kind, function* (): Steps<object> {
        yield go;
        return watch('its value', { held });
      }) as () => Promise<object>,
    );
  };
  const inside = bodyOf(kind, function* (scope: CancellationScope): Steps<void> {
    progress.scope = scope;
    const held = watch('the frame of the waiter', { held: true });
    yield* one.wait({ kind, watch, go, kept, work, outside });
    // A wait that has ended with a value although it was cancelled: the cancellation arrives here.
    yield checkpoint();
    void held;
  });
  try {
    yield CancellationScope.run(watch('the body', inside) as (scope: CancellationScope) => Promise<void>);
    progress.ended = 'value';
  } catch (error) {
    progress.ended = (error as Error).name === 'TaskCancelledError' ? 'cancelled' : 'failure';
  }
}
