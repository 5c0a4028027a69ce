// What is opened is closed: when its scope is left, however that happens, last in, first out.
import { CancellationScope, defer, run, sleep, use } from 'skein';

class Connection implements AsyncDisposable {
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    console.log(`open ${name}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await sleep(1); // clean-up may wait, even in a scope that has been cancelled
    console.log(`close ${this.#name}`);
  }
}

await run(async () => {
  await CancellationScope.run(async () => {
    use(new Connection('database'));
    use(new Connection('cache'));
    defer(() => console.log('write the statistics')); // runs first: it was registered last
    console.log('work');
  });

  try {
    await CancellationScope.run(async () => {
      use(new Connection('printer'));
      throw new Error('out of paper');
    });
  } catch (error) {
    console.log((error as Error).message);
  }

  await CancellationScope.run(
    async () => {
      use(new Connection('modem'));
      await sleep(60_000);
    },
    { timeout: 10 },
  ).catch(() => console.log('hung up'));
});
