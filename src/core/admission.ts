import { ScopeClosedError } from './errors.js';
import * as flag from './flags.js';
import { currentFrame } from './frame.js';
import type { Lifetime } from './lifetime.js';
import type { Job } from './scheduler.js';

/** Whether a task may begin, and when. */

/** L4: whether something may begin in a lifetime now. */
export function checkOpen(owner: Lifetime, call: string): void {
  if ((owner.flags & flag.CLOSED) !== 0) {
    throw new ScopeClosedError(
      `${call} came too late: ${owner.label} has been left or closed; spawn into a scope that is still open, or await the ` +
        'work before the scope ends',
    );
  }
  const spawner = currentFrame();
  if (spawner !== null && (spawner.flags & flag.INTERRUPTED) !== 0) throw spawner.thrownError();
  if ((owner.flags & flag.INTERRUPTED) !== 0) {
    throw new ScopeClosedError(
      `${call} came too late: ${owner.label} was cancelled, so what is spawned into it would never run`,
    );
  }
}

/** Puts a spawned task into the ready queue. */
export function startSoon(task: Lifetime & Job): void {
  task.realm.loop.schedule(task, task.priority());
}
