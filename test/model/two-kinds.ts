import type { AsyncResource, Awaitable, Fiber } from '../../src/index.js';
import { walk } from '../core/walk.js';
import type { Kind } from './program.js';

/** Steps are written once, as generators: here they become fibers, or async bodies that await what they yield. */

/** Steps as a body of one kind, under a name that the observer knows it by. */
export function made<Owner>(
  kind: Kind,
  at: number,
  steps: (owner: Owner | undefined) => Fiber<string>,
): (owner: Owner) => Promise<string> {
  const body = kind === 'fiber' ? (steps as never) : async (owner: Owner) => walk(steps(owner));
  Object.defineProperty(body, 'name', { value: `t${at}` });
  return body;
}

export function* wait(kind: Kind, awaitable: Awaitable<unknown>): Fiber<unknown> {
  return kind === 'fiber' ? yield* awaitable : yield awaitable;
}

export function resource(close: () => Promise<unknown>): AsyncResource {
  const made = {
    isClosed: false,
    async close() {
      await close();
      made.isClosed = true;
    },
  };
  return made;
}
