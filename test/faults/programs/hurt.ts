// A program of its own process: everything goes wrong at once on the real loop, and then the process has to end by itself.
import {
  CancellationScope,
  defer,
  gather,
  observe,
  race,
  run,
  sleep,
  spawn,
  until,
  use,
  waitFor,
} from '../../../src/index.js';

const [, , fault = ''] = process.argv;

const never = (): Promise<never> => new Promise(() => undefined);
const fail = (what: string) => (): never => {
  throw new Error(what);
};

const programs: Record<string, () => Promise<unknown>> = {
  'an observer throws': () => {
    observe(fail('the observer'));
    return run(() => gather([() => sleep(1), () => sleep(2)]));
  },
  'a callback of onDone throws': () =>
    run(async () => {
      spawn(() => sleep(1)).onDone(fail('the callback'));
      await sleep(5);
    }),
  'a close throws': () => run(() => void use({ [Symbol.dispose]: fail('the close') })),
  'a close never ends': () => run(() => void use({ [Symbol.asyncDispose]: never }), { cleanupTimeout: 20 }),
  'a clean-up never ends, in a program that is cancelled': () =>
    run(
      async () => {
        defer(never);
        await sleep(1000);
      },
      { timeout: 5, cleanupTimeout: 20 },
    ),
  'a promise never settles': () => run(() => race([until(never()), sleep(5)])),
  'a promise never settles, and the wait is cut': () => run(() => waitFor(until(never()), 5)),
  'a body hangs': () =>
    run(() => CancellationScope.run(async () => void (await never()), { timeout: 5, grace: 20 })),
  'a body swallows every cancellation': () =>
    run(
      async () => {
        for (;;) {
          try {
            await sleep(1);
          } catch {
            // Not even its cancellation.
          }
        }
      },
      { timeout: 5 },
    ),
  'a finally throws': () =>
    run(
      async () => {
        try {
          await sleep(1000);
        } finally {
          fail('the finally')();
        }
      },
      { timeout: 5 },
    ),
  'a body throws on the spot': () => run(fail('the body')),
  'a thenable throws': () => run(() => until({ then: fail('then') } as never)),
  'a getter of a context value throws': async () =>
    run(() => 1, {
      context: {
        get key() {
          return fail('the getter')();
        },
      },
    }),
};

const wanted = programs[fault];
if (wanted === undefined) {
  console.log(Object.keys(programs).join('\n'));
} else {
  try {
    console.log('value', await wanted());
  } catch (error) {
    console.log((error as Error).name, (error as Error).message);
  }
}
