import { checkpoints } from './checkpoint-probe.js';
import { ScopeClosedError } from './errors.js';
import * as flag from './flags.js';
import type { Lifetime } from './lifetime.js';
import type { Job } from './scheduler.js';
import { PENDING } from './wait.js';

/** Whether a task may begin, and when. */

/** L4: whether something may begin in a lifetime now; false: only as what is cancelled already. */
export function checkOpen(owner: Lifetime, call: string, spawner: Lifetime | null): boolean {
  if ((owner.flags & flag.CLOSED) !== 0) {
    throw new ScopeClosedError(
      `${call} came too late: ${owner.label} has been left or closed; spawn into a scope that is still open, or await the ` +
        'work before the scope ends',
    );
  }
  if (checkpoints.probe !== null && spawner !== null) checkpoints.probe.spawning(spawner);
  if (spawner !== null && (spawner.flags & flag.INTERRUPTED) !== 0) return refuse(spawner);
  if ((owner.flags & flag.INTERRUPTED) !== 0) {
    throw new ScopeClosedError(
      `${call} came too late: ${owner.label} was cancelled, so what is spawned into it would never run`,
    );
  }
  return true;
}

/** So often does `spawn` itself throw in a cancelled scope. */
const THROWS = 2;

/**
 * Inside a cancelled scope `spawn` is a checkpoint, so it throws. A body that swallows that again and again would spin
 * without ever letting others run: from the third time on its answer comes through the loop, as that of any checkpoint
 * does (C12): the task is there, and is cancelled, and waiting for it throws.
 */
function refuse(spawner: Lifetime): false {
  const error = spawner.thrownError();
  if (spawner.interruptedLevel().needExtras().refusedSpawns++ < THROWS) throw error;
  return false;
}

/** Puts a spawned task into the ready queue. */
export function startSoon(task: Lifetime & Job): void {
  task.realm.loop.schedule(task, task.priority());
}

/** @throws ScopeClosedError if the lifetime has ended: nothing would wait for what begins in it. */
export function checkAlive(lifetime: Lifetime, call: string): void {
  if (lifetime.status !== PENDING) {
    throw new ScopeClosedError(
      `${call} came too late: ${lifetime.label} has ended, so nothing would wait for it`,
    );
  }
}
