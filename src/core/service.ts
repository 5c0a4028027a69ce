import { Cancellation, SCOPE_LEFT } from './cancellation.js';
import { Closer, pushCloser } from './closer.js';
import type { Lifetime } from './lifetime.js';

/** Ends a service task when the turn of its scope's clean-up has come to it (L6). */
class ServiceCloser extends Closer {
  private readonly task: Lifetime;

  constructor(task: Lifetime) {
    super();
    this.task = task;
  }

  override start(): void {
    const { task } = this;
    task.becomeOrdinary();
    task.cancelWith(new Cancellation('left', task.container!, SCOPE_LEFT));
  }
}

/** Makes a task serve the clean-up of its scope. */
export function addService(owner: Lifetime, task: Lifetime): void {
  const closer = new ServiceCloser(task);
  task.needExtras().serviceCloser = closer;
  pushCloser(owner, closer);
}
