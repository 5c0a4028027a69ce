import { warn } from './warnings.js';

/**
 * A thousand tasks that fail on their way out would be a thousand warnings. So those of one run, or of one cause, that come in one burst are
 * counted:
 *
 *     first ──▶ told one by one ──ten were told──▶ counted ──the burst is over──▶ their number is told
 *
 * Nothing is timed as long as there are no more than can be told.
 */

/** How long a burst lasts, in milliseconds. */
const BURST = 100;
const TOLD_ONE_BY_ONE = 10;

interface Burst {
  begunAt: number;
  told: number;
  untold: number;
}

const bursts = new WeakMap<object, Burst>();

/** Taken once: a test kit that looks for the timers of a program must not find this one. */
const { setTimeout: after } = globalThis;

/** Warns of an error that was suppressed, or counts it. */
export function warnSuppressed(subject: object, message: string, together?: object): void {
  const run = outermost(subject);
  const key = together ?? run;
  const now = performance.now();
  let burst = bursts.get(key);
  if (burst === undefined || (now - burst.begunAt > BURST && burst.untold === 0)) {
    burst = { begunAt: now, told: 0, untold: 0 };
    bursts.set(key, burst);
  }
  if (burst.told < TOLD_ONE_BY_ONE) {
    burst.told++;
    warn('SKEIN_SUPPRESSED', message);
  } else if (burst.untold++ === 0) {
    const counted = burst;
    after(() => tellCount(run, counted), BURST);
  }
}

function tellCount(run: object, burst: Burst): void {
  const { untold } = burst;
  burst.untold = 0;
  warn(
    'SKEIN_SUPPRESSED',
    `${untold} more errors in ${(run as { readonly label?: string }).label} came after others or too late; to see each, look ` +
      "at suppressedOf(error) of what was thrown, or observe them: observe(observer, { types: ['suppressed'] })",
  );
}

/** The run that something is in, over its links; itself, where it has none. */
function outermost(subject: object): object {
  let at = subject;
  for (;;) {
    const { container, owner } = at as { readonly container?: object | null; readonly owner?: object | null };
    const around = container ?? owner;
    if (around == null) return at;
    at = around;
  }
}
