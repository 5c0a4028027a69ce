import { environmentVariable } from './platform/environment.js';
import { isInstance, stackText } from './thrown-value.js';

/**
 * Debug mode: what costs too much to keep always. On with `SKEIN_DEBUG=1`; it keeps where each task was spawned and
 * writes it into the `stack` of errors that come out of tasks (E4). Class, identity and message of an error stay.
 */

function environmentSays(): boolean {
  const value = environmentVariable('SKEIN_DEBUG');
  return value !== undefined && value !== '' && value !== '0';
}

/** The switch: one boolean test where it is off. */
export const debug: { enabled: boolean } = { enabled: environmentSays() };

/** Where and when something was begun. */
export interface Site {
  /** The line of the user's code, or `at an unknown place`. */
  readonly place: string;
  /** In milliseconds, on the clock that was given; undefined where there was none. */
  readonly since: number | undefined;
}

const sites = new WeakMap<object, Site>();
const annotated = new WeakSet<object>();

/** A task as far as its spawn site goes. */
export interface Sited {
  readonly label: string;
  readonly parent: Sited | undefined;
}

/** Remembers the caller's place; `below` is the function of skein's whose caller that is. */
export function rememberSite(
  subject: object,
  below: ((...args: never[]) => unknown) | (abstract new (...args: never[]) => unknown),
  since?: number,
): void {
  const holder: { stack?: string } = {};
  const capture = (Error as { captureStackTrace?: (target: object, below: unknown) => void })
    .captureStackTrace;
  if (capture === undefined) holder.stack = new Error('site').stack ?? '';
  else capture(holder, below);
  sites.set(subject, { place: firstUserLine(holder.stack ?? ''), since });
}

/** Where and when a task was spawned, or a wait was begun, while debug mode was on. */
export function siteOf(subject: object): Site | undefined {
  return sites.get(subject);
}

/** Writes into an error's stack which task it came from, and where that and its parents were spawned. */
export function annotate(error: unknown, task: Sited): void {
  if (!isInstance(error, Error) || annotated.has(error)) return;
  annotated.add(error);
  let text = stackText(error);
  for (let at: Sited | undefined = task; at !== undefined; at = at.parent) {
    text += `\n    in ${at.label}, spawned ${sites.get(at)?.place ?? 'at an unknown place'}`;
  }
  try {
    Object.defineProperty(error, 'stack', {
      value: text,
      configurable: true,
      writable: true,
      enumerable: false,
    });
  } catch {
    // A frozen error keeps the stack it has.
  }
}

/** Where skein's own code stands: the folder of the sources, or of the bundle. Frames from there are nobody's place. */
const ownPlace: string = (() => {
  const own =
    (new Error('place').stack ?? '').split('\n').find((line) => line.trimStart().startsWith('at ')) ?? '';
  const path = /\(?([^()\s]+?):\d+:\d+\)?$/.exec(own)?.[1] ?? '';
  return path.replace(/(?:core[/\\][^/\\]+|[^/\\]+)$/, '');
})();

/**
 * Frames of the runtime itself: Node's and Deno's modules, and on JavaScriptCore what is native and the constructors that a
 * class has without writing one.
 */
const runtimeFrame = /\b(?:node|ext|native|unknown):/;

function firstUserLine(stack: string): string {
  const lines = stack.split('\n').filter((line) => line.trimStart().startsWith('at '));
  const foreign = lines.find(
    (line) => !runtimeFrame.test(line) && (ownPlace === '' || !line.includes(ownPlace)),
  );
  return (foreign ?? 'at an unknown place').trim();
}
