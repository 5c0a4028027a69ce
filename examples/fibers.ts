// Two kinds of body: async functions, and generator functions, called fibers. Everything that can be awaited works in
// both, with `await` or with `yield*`. A fiber needs no promise to wait, which makes it several times faster.
import { type Fiber, gather, run, sleep, spawn, until } from 'skein';

async function asyncDouble(x: number): Promise<number> {
  await sleep(1);
  return 2 * x;
}

function* fiberDouble(x: number): Fiber<number> {
  yield* sleep(1);
  return 2 * x;
}

await run(async () => {
  console.log(await asyncDouble(1));
  console.log(await spawn(() => fiberDouble(2))); // an async body waits for a fiber
});

const sum = await run(function* () {
  const eight = yield* fiberDouble(4); // a fiber calls another: no task, no promise
  const sixteen = yield* spawn(() => asyncDouble(8)); // and waits for an async body
  const [a, b] = yield* gather(
    () => fiberDouble(16),
    () => asyncDouble(32),
  );
  const text = yield* until(Promise.resolve('any promise')); // what is not skein's goes through until()
  console.log(eight, sixteen, a, b, text);
  return eight + sixteen + a + b;
});
console.log(sum);
