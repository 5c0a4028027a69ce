import type { AsyncResource, Awaitable, Fiber } from '../../src/index.js';
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

/** An async body: awaits whatever its steps yield. */
async function walk(steps: Fiber<string>): Promise<string> {
  let step = steps.next();
  while (step.done !== true) {
    let value: unknown;
    try {
      value = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(value);
  }
  return step.value;
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
