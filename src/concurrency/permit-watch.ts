import { debug, rememberSite, siteOf } from '../core/debug.js';
import type { Lifetime } from '../core/lifetime.js';
import { warn } from '../core/warnings.js';
import { HELD, type Permit } from './permit.js';

/** In debug mode: permits that nobody has any more, and that nobody has given back. */

/** What a permit was granted by, as far as this needs to know. */
interface Issuer {
  readonly shown: string;
  releasedBare: number;
}

/** What is known of a permit when it is gone. Invariant: nothing here leads to the permit. */
interface Trace {
  readonly issuer: Issuer;
  readonly weight: number;
  readonly holder: string;
  readonly place: string;
}

const dropped = new FinalizationRegistry<Trace>(({ issuer, weight, holder, place }) => {
  // Its weight may have been given back by semaphore.release(), which needs no permit.
  if (issuer.releasedBare >= weight) {
    issuer.releasedBare -= weight;
    return;
  }
  if (!debug.enabled) return;
  warn(
    'SKEIN_PERMIT_DROPPED',
    `a permit of ${issuer.shown} was dropped without being released, so others wait for it for ever: it was granted to ` +
      `${holder}, ${place}. Release it in a finally, hold it with: using permit = await ...acquire(), or write with(work)`,
  );
});

/** Watches a permit that has just been granted, or made good again after the wait for a condition. */
export function watchPermit(permit: Permit, issuer: Issuer): void {
  const frame = permit.frame as Lifetime | null;
  // Made good again it is still the one that was granted there.
  if (siteOf(permit) === undefined) rememberSite(permit, watchPermit);
  const granted = siteOf(permit)?.place ?? 'at an unknown place';
  // Granted later, from the loop: then where its holder waited for it is not known any more.
  const place = granted.startsWith('at an unknown') ? 'after a wait' : granted;
  dropped.register(
    permit,
    { issuer, weight: permit.weight, holder: frame?.label ?? 'nobody', place },
    permit,
  );
}

/** It has been given back, or is suspended by a condition, whose wait keeps it. */
export function forgetPermit(permit: Permit): void {
  if (permit.state !== HELD) dropped.unregister(permit);
}
