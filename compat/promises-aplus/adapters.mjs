// What the suite tests: an adapter's `deferred()` gives a promise and the two functions that settle it. For a task these
// settle the future that its body waits for, so the task settles when its body has ended.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { user } from '../built-package.mjs';

const { Future, run } = await import(
  pathToFileURL(createRequire(`${user}/package.json`).resolve('skein')).href
);

/**
 * A future that is settled twice says so by throwing (rule E5). The suite settles twice on purpose, to see that the first
 * time counts, and expects silence of the settling side, about which the specification says nothing.
 */
function settling(future) {
  return {
    resolve: (value) => {
      if (!future.isDone) future.resolve(value);
    },
    reject: (error) => {
      if (!future.isDone) future.reject(error);
    },
  };
}

/**
 * `use` gets the adapter. It ends the process when the tests are over: leaving the program instead would cancel the
 * tasks that the suite never settles, and call handlers that it wants never called.
 */
export const adapters = {
  Future: (use) =>
    use({
      deferred() {
        const promise = new Future();
        return { promise, ...settling(promise) };
      },
    }),
  'Task with an async body': (use) => withTasks(use, (gate) => async () => await gate),
  'Task with a fiber body': (use) =>
    withTasks(
      use,
      (gate) =>
        function* () {
          return yield* gate;
        },
    ),
};

function withTasks(use, bodyOf) {
  return run((main) =>
    use({
      deferred() {
        const gate = new Future();
        // Held: the suite rejects promises that it then leaves alone, and none of them may end the program.
        return { promise: main.spawn(bodyOf(gate), { onFailure: 'hold' }), ...settling(gate) };
      },
    }),
  );
}
