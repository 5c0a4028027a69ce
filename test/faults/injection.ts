// Faults, and where they are counted. A fault is a piece of a user's code that misbehaves at one moment: it counts when it
// strikes, and not when it is planned. What each test has counted stands in its `meta.faults`, which count-reporter.ts adds up:
//
//     npm run faults
import { afterEach, beforeEach } from 'vitest';

declare module 'vitest' {
  interface TaskMeta {
    faults?: number;
  }
}

let struck = 0;

/** How many faults have struck in this test. */
export function strikes(): number {
  return struck;
}

/** Says that a fault strikes now. */
export function strike(): void {
  struck++;
}

/** Counts the faults of each test of a file. */
export function countFaults(): void {
  beforeEach(() => {
    struck = 0;
  });
  afterEach(({ task }) => {
    task.meta.faults = struck;
  });
}

/** What the faults throw. */
export class Fault extends Error {
  override readonly name = 'Fault';
}

/** A fault that throws. */
export function fail(message = 'the fault'): never {
  strike();
  throw new Fault(message);
}

/** A function that throws at its calls of these numbers, or at every one. */
export function failing(message = 'the fault', at: readonly number[] = []): () => void {
  let calls = 0;
  return () => {
    calls++;
    if (at.length === 0 || at.includes(calls)) fail(message);
  };
}

/** Whether a value is one of them; a value that refuses to say is none. */
export function isFault(value: unknown): value is Fault {
  try {
    return value instanceof Fault;
  } catch {
    return false;
  }
}
