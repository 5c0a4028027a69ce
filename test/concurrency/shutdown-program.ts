import { checkpoint, defer, run, shield, sleep, stoppingSignal } from '../../src/index.js';

/** The program of shutdown.test.ts: says `ready`, and answers signals as its argument says. */

const mode = process.argv[2];

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Keeps the process alive for as long as a test may take, whatever happens to skein. */
const alive = setInterval(() => undefined, 1000);

try {
  const value = await run(
    async () => {
      defer(async () => {
        await checkpoint();
        say('clean-up');
        if (mode === 'hanging') await shield(() => sleep(60_000));
      });
      stoppingSignal().addEventListener('abort', () => say('stopping'));
      say('ready');
      if (mode === 'draining') {
        // An accept loop that ends by itself when it is told to.
        await new Promise((resolve) => stoppingSignal().addEventListener('abort', resolve));
        return 'drained';
      }
      await sleep(60_000);
      return 'slept';
    },
    { handleSignals: mode === 'plain' || mode === 'hanging' ? true : { drain: 60_000 } },
  );
  say(`value ${value}`);
} catch (error) {
  say(`${(error as Error).name}: ${String((error as { reason?: unknown }).reason)}`);
}
say(`listeners ${process.listenerCount('SIGINT') + process.listenerCount('SIGTERM')}`);
clearInterval(alive);
