import { type Awaitable, CancellationScope, Future, run, sleep, spawn } from 'skein';
import { type TreeNode, taskTree } from 'skein/diagnostics';
import { describe, expect, it } from 'vitest';
import { debug } from '../../src/core/debug.js';
import { drive, kinds } from './support.js';

describe.each(kinds)('what waits for what, in $kind bodies', ({ body }) => {
  it('a task without a wait of its own: it waits for a scope in it, or awaits what is not skein’s', async () => {
    let told: (string | undefined)[] = [];
    await drive((loop) =>
      run(
        body(function* () {
          let open!: () => void;
          spawn(async () => {
            await sleep(1);
            await new Promise<void>((resolve) => {
              open = resolve;
            });
          }, 'foreign');
          spawn(
            body(function* () {
              yield CancellationScope.run(
                body(function* () {
                  yield sleep(1000);
                }),
              );
            }),
            'around',
          );
          yield sleep(5);
          told = ['foreign', 'around'].map((name) => alive().find((node) => node.name === name)?.doing);
          open();
        }),
        { loop },
      ),
    );
    expect(told).toEqual([
      "runs, or awaits what is not skein's (last checkpoint: sleep())",
      'waits for the scope in it',
    ]);
  });

  it('a wait is told once, by its name: for an operation, a task, a scope that somebody else opened', async () => {
    let told: Record<string, string[]> = {};
    await drive((loop) =>
      run(
        body(function* () {
          const scope = CancellationScope.run(
            body(function* () {
              yield sleep(10);
            }),
            { name: 'shared' },
          );
          const sleeper = spawn(
            body(function* () {
              yield sleep(10);
            }),
            'sleeper',
          );
          const follower = (name: string, source: Awaitable<unknown>) =>
            spawn(
              body(function* () {
                yield source;
              }),
              name,
            );
          follower('follows a task', sleeper);
          follower('follows a scope', scope);
          yield sleep(4);
          const waits = alive()
            .filter(({ kind }) => kind === 'task')
            .map(({ name, waits }) => [name, waits.map(({ what }) => what.replace(/#\d+/, '#'))]);
          told = Object.fromEntries(waits);
          yield scope;
        }),
        { loop },
      ),
    );
    expect(told).toMatchObject({
      sleeper: ['sleep(), 6 ms left'],
      'follows a task': ["task # 'sleeper'"],
      'follows a scope': ["scope # 'shared'"],
    });
  });

  it('E4: in debug mode it says since when, and where if that is known', async () => {
    debug.enabled = true;
    let told: unknown[] = [];
    let begun: unknown[] = [];
    try {
      await drive((loop) =>
        run(
          body(function* () {
            const gate = new Future<void>();
            const sources = [gate, sleep(100), spawn(() => gate)];
            for (const source of sources) {
              spawn(
                body(function* () {
                  yield sleep(2);
                  yield source;
                }),
                'follower',
              );
            }
            yield sleep(5);
            told = alive()
              .filter(({ name }) => name === 'follower')
              .map(({ waits }) => waits.map((wait) => [wait.for, typeof wait.site]));
            const asking = alive().filter(({ name }) => name === 'asking');
            const own = asking.flatMap(({ waits }) => waits);
            begun = own.map((wait) => [wait.awaited, wait.for, typeof wait.site]);
            gate.resolve();
          }),
          { loop, name: 'asking' },
        ),
      );
    } finally {
      debug.enabled = false;
    }
    expect(begun).toEqual([[true, 5, 'string']]);
    expect(told).toEqual([[[3, 'string']], [[3, 'string']], [[3, 'string']]]);
  });

  it('is told as long as the run goes on, and no longer', async () => {
    const shown = (): boolean => taskTree().runs.some(({ name }) => name === 'told as long');
    let during = false;
    await drive((loop) =>
      run(
        body(function* () {
          yield sleep(1);
          during = shown();
        }),
        { loop, name: 'told as long' },
      ),
    );
    expect([during, shown()]).toEqual([true, false]);
  });
});

/** Everything that is alive, each before what is in it. */
function alive(nodes = taskTree().runs): readonly TreeNode[] {
  return nodes.flatMap((node) => [node, ...alive(node.children)]);
}
