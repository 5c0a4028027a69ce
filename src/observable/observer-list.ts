import type { SkeinEventKind } from './events/skein-event.js';
import type { Registration } from './registration.js';

/**
 * Registrations in their order, and for each kind of event those that take it.
 *
 *     all       a  b  c  d
 *     task      a  b     d        (an event of a kind whose list is empty is never made)
 *     scope        b  c
 *     resource                    (b has unregistered meanwhile: the event that is being told goes on in the old list)
 *
 * Invariant: the arrays are never changed, only replaced. So whoever tells an event keeps the list that it began with,
 * whatever observers do to the registrations meanwhile.
 */
export class ObserverList {
  all: readonly Registration[] = [];
  task: readonly Registration[] = [];
  scope: readonly Registration[] = [];
  resource: readonly Registration[] = [];

  add(registration: Registration): void {
    this.replace([...this.all, registration]);
  }

  /** Takes out those that the test picks, and tells whether there were any. */
  remove(picks: (registration: Registration) => boolean): boolean {
    const rest = this.all.filter((registration) => !picks(registration));
    if (rest.length === this.all.length) return false;
    for (const registration of this.all) if (!rest.includes(registration)) registration.active = false;
    this.replace(rest);
    return true;
  }

  private replace(all: readonly Registration[]): void {
    const taking = (kind: SkeinEventKind): Registration[] =>
      all.filter((registration) => registration.takes(kind));
    this.all = all;
    this.task = taking('task');
    this.scope = taking('scope');
    this.resource = taking('resource');
  }
}
