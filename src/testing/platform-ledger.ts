import type { AuditedRun } from './audited-runs.js';
import { placeOfCaller } from './place.js';
import { replace } from './signal-ledger.js';

/**
 * The platform's own timers that one program sets (`setTimeout`, `setInterval`, `setImmediate`), and its open handles:
 * sockets, servers, watchers, child processes. Timers have a place; of handles the platform tells only the kind.
 */
export class PlatformLedger {
  private readonly timers = new Map<unknown, string>();
  private readonly before = countHandles();
  private readonly run: AuditedRun;

  constructor(run: AuditedRun) {
    this.run = run;
    if (ledgers.size === 0) restore = wrapTimers();
    ledgers.add(this);
  }

  added(timer: unknown, place: string): void {
    if (this.run.ownsCaller()) this.timers.set(timer, place);
  }

  gone(timer: unknown): void {
    this.timers.delete(timer);
  }

  /** What is left, in words. */
  left(): string[] {
    const found = [...this.timers.values()].map((place) => `a timer of the platform was left, set ${place}`);
    for (const [kind, count] of countHandles()) {
      const more = count - (this.before.get(kind) ?? 0);
      if (more > 0) found.push(`${more} open ${more === 1 ? 'handle' : 'handles'} of the platform: ${kind}`);
    }
    return found;
  }

  close(): void {
    ledgers.delete(this);
    if (ledgers.size === 0) restore();
  }
}

const ledgers = new Set<PlatformLedger>();
let restore: () => void = () => undefined;

/** What a test runner does not open and close by itself beside the tests. */
const watchedKinds =
  /^(TCPServerWrap|TCPSocketWrap|TCPSERVERWRAP|TCPWRAP|PipeServerWrap|UDPWRAP|UDPWrap|FSEventWrap|StatWatcher|ProcessWrap)$/;

interface WithHandles {
  process?: { getActiveResourcesInfo?(): string[] };
}

function countHandles(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of (globalThis as WithHandles).process?.getActiveResourcesInfo?.() ?? []) {
    if (watchedKinds.test(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

type Callback = (...given: unknown[]) => unknown;
type SetTimer = (callback: Callback, ...rest: unknown[]) => unknown;
type ClearTimer = (timer: unknown) => void;

function wrapTimers(): () => void {
  const platform = globalThis as unknown as Record<string, unknown>;
  const setters = (['setTimeout', 'setInterval', 'setImmediate'] as const).map((name) =>
    replace(globalThis, name, notingSetter(platform[name] as SetTimer, name === 'setInterval')),
  );
  const clearers = (['clearTimeout', 'clearInterval', 'clearImmediate'] as const).map((name) => {
    const clear = platform[name] as ClearTimer;
    return replace(globalThis, name, (timer: unknown) => {
      forget(timer);
      clear(timer);
    });
  });
  return () => {
    for (const undo of [...setters, ...clearers]) undo();
  };
}

function notingSetter(set: SetTimer, repeats: boolean): SetTimer {
  const noting: SetTimer = (callback, ...rest) => {
    let timer: unknown;
    const fire: Callback = (...given) => {
      forget(timer);
      return callback(...given);
    };
    timer = set(repeats || typeof callback !== 'function' ? callback : fire, ...rest);
    const place = placeOfCaller(noting);
    for (const ledger of ledgers) ledger.added(timer, place);
    return timer;
  };
  // What stands on them, such as the form for util.promisify, stays.
  return Object.defineProperties(noting, Object.getOwnPropertyDescriptors(set)) as SetTimer;
}

function forget(timer: unknown): void {
  for (const ledger of ledgers) ledger.gone(timer);
}
