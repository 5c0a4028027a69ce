import { type Awaitable, type Fiber, run, type Task, VirtualLoop } from 'skein';

/** Runs a program on a virtual clock that moves by itself. */
export function drive<T>(
  main: (task: Task<unknown>) => T | PromiseLike<T> | Fiber<T>,
  loop: VirtualLoop = new VirtualLoop(),
): Promise<T> {
  return loop.drive(run(main, { loop }));
}

/** The same wait in a body of each kind: what is proved of one is proved of the other. */
export const bodies: [
  kind: string,
  body: <A extends unknown[], T>(
    wait: (...given: A) => Awaitable<T>,
  ) => (...given: A) => Promise<T> | Fiber<T>,
][] = [
  [
    'async',
    (wait) =>
      async (...given) =>
        await wait(...given),
  ],
  [
    'fiber',
    (wait) =>
      function* (...given) {
        return yield* wait(...given);
      },
  ],
];

/** What an iterator was asked, in order. */
export interface Watched {
  readonly calls: string[];
  /** How many items it gave. */
  given: number;
}

/** A sync iterable of 0, 1, 2, ... that writes down what it is asked; `failAt`: the pull that throws. */
export function watchedItems(count: number, failAt = -1): Iterable<number> & Watched {
  const watched = {
    calls: [] as string[],
    given: 0,
    [Symbol.iterator]: (): Iterator<number> => ({
      next: () => {
        watched.calls.push('next');
        if (watched.given === failAt) throw new Error('the source failed');
        if (watched.given >= count) return { done: true, value: undefined };
        return { done: false, value: watched.given++ };
      },
      return: () => {
        watched.calls.push('return');
        return { done: true, value: undefined };
      },
    }),
  };
  return watched;
}

/** The same, async; `pull` is what a pull waits for, `close` what `return()` waits for. */
export function watchedAsyncItems(
  count: number,
  pull: (index: number) => PromiseLike<unknown> = () => Promise.resolve(),
  close: () => PromiseLike<unknown> = () => Promise.resolve(),
): AsyncIterable<number> & Watched {
  const watched = {
    calls: [] as string[],
    given: 0,
    [Symbol.asyncIterator]: (): AsyncIterator<number> => ({
      next: async () => {
        watched.calls.push('next');
        await pull(watched.given);
        if (watched.given >= count) return { done: true, value: undefined };
        return { done: false, value: watched.given++ };
      },
      return: async () => {
        watched.calls.push('return');
        await close();
        watched.calls.push('closed');
        return { done: true, value: undefined };
      },
    }),
  };
  return watched;
}

export function returns(watched: Watched): number {
  return watched.calls.filter((call) => call === 'return').length;
}

/** What a promise rejects with; fails if it does not. */
export async function failureOf(promise: PromiseLike<unknown>): Promise<unknown> {
  let value: unknown;
  try {
    value = await promise;
  } catch (error) {
    return error;
  }
  throw new Error(`expected a failure, and got ${String(value)}`);
}
