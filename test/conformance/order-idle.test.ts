import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { run, sleep, spawn, until, VirtualLoop } from 'skein';
import { describe, expect, it } from 'vitest';
import { manualLoop } from '../core/manual-host.js';

// F4: nothing runs when nothing is ready.

const root = fileURLToPath(new URL('../..', import.meta.url));
const entry = new URL('../../src/index.ts', import.meta.url).href;

/** Runs a program in a process of its own; 0 milliseconds of it are waited for longer than it needs. */
function exitOf(program: string): Promise<{ code: number; stdout: string; stderr: string; took: number }> {
  const source = `import * as skein from ${JSON.stringify(entry)};
    const { CancellationScope, Future, TaskGroup, checkpoint, getEventLoop, run, sleep, spawn, until, waitFor } = skein;
    const began = performance.now();
    process.on('exit', () => console.log('took', Math.round(performance.now() - began)));
    ${program}`;
  return new Promise((resolve) => {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', source];
    execFile(process.execPath, args, { cwd: root, timeout: 30_000 }, (error, stdout, stderr) => {
      const took = Number(/took (\d+)/.exec(stdout)?.[1] ?? Number.NaN);
      resolve({ code: error === null ? 0 : Number(error.code ?? 1), stdout, stderr, took });
    });
  });
}

const programs: readonly (readonly [string, string])[] = [
  ['that only imports skein', ''],
  [
    'that has run some tasks',
    'await run(async () => { await sleep(2); await spawn(function* () { yield* sleep(2); }); });',
  ],
  [
    'that cancelled long sleeps',
    'await run(async () => { spawn(() => sleep(1e9)); spawn(function* () { yield* sleep(Infinity); }); await sleep(2); });',
  ],
  [
    'whose deadlines did not pass',
    `await run(async () => {
       await waitFor(async () => 1, 60_000);
       await CancellationScope.run(async () => 1, { timeout: 60_000 });
       await TaskGroup.run((group) => void group.spawn(() => sleep(1)), { timeout: 60_000, grace: 60_000 });
     }, { timeout: 60_000, grace: 60_000, cleanupTimeout: 60_000 });`,
  ],
  [
    'that abandoned a foreign promise',
    'await run(async () => { spawn(() => until(new Promise(() => {}))); await sleep(2); });',
  ],
  [
    'with a repeating timer that does not keep it alive',
    'getEventLoop().addTimer(1000, () => {}, { repeat: true, ref: false }); await run(() => sleep(2));',
  ],
  [
    'that gave up a stuck body',
    `await run(async () => {
       await CancellationScope.run((scope) => { scope.spawn(async () => { await new Promise(() => {}); }); return sleep(2); }, { grace: 5 });
     });`,
  ],
  [
    'that failed, and said so',
    `await run(async () => { spawn(() => sleep(1e9)); await sleep(1); throw new Error('expected'); }).catch(() => {});`,
  ],
  ['that has waiters on a future outside every scope', 'void new Future().then(() => 1);'],
  ['that handled signals', 'await run(() => sleep(2), { handleSignals: { drain: 60_000 } });'],
];

describe('F4: the process can exit', () => {
  it.concurrent.each(programs)(
    'F4: a program %s exits by itself, with code 0 and soon',
    async (_name, program) => {
      const { code, stderr, took } = await exitOf(program);
      expect(stderr.replace(/^.*(SkeinWarning|trace-warnings).*\n/gm, '')).toBe('');
      expect(code).toBe(0);
      expect(took).toBeLessThan(1000);
    },
  );

  it.concurrent('F4: a program that still waits for a timer stays alive until it has fired', async () => {
    const { code, stdout } = await exitOf(`run(() => sleep(100)).then(() => console.log('woke'));`);
    expect(code).toBe(0);
    expect(stdout).toContain('woke');
  });

  it.concurrent('F4: sleeping costs no processor time: nothing polls', async () => {
    const { stdout } = await exitOf(`
      await run(() => sleep(5));
      const before = process.cpuUsage();
      await run(() => sleep(400));
      const { user, system } = process.cpuUsage(before);
      console.log('cpu', (user + system) / 1000);`);
    // A loop that polls uses about all of the 400 ms.
    expect(Number(/cpu ([\d.]+)/.exec(stdout)?.[1])).toBeLessThan(150);
  });
});

describe('F4: nothing is asked of the host', () => {
  it('F4: an idle loop has asked for no turn and no alarm', async () => {
    const { loop, host } = manualLoop();
    expect([host.soon, host.later, host.alarm]).toEqual([0, 0, undefined]);
    loop.schedule(() => undefined);
    expect([host.soon, host.later, host.alarm]).toEqual([1, 0, undefined]);
    host.giveAll();
    expect([host.soon, host.later, host.alarm]).toEqual([0, 0, undefined]);
  });

  it('F4: while everything waits there is one alarm, for the nearest timer, and no turn', async () => {
    const { loop, host } = manualLoop();
    const done = run(
      async () => {
        spawn(() => sleep(500));
        spawn(function* () {
          yield* sleep(300);
        });
        spawn(() => until(new Promise(() => undefined)));
        await sleep(100);
      },
      { loop },
    );
    await host.settle();
    expect(host.alarm).toEqual({ at: 100, ref: true });
    expect([host.soon, host.later]).toEqual([0, 0]);
    host.time = 100;
    host.give('alarm');
    await host.settle();
    await done;
    expect([host.soon, host.later, host.alarm]).toEqual([0, 0, undefined]);
    expect(loop.stats()).toMatchObject({ ready: 0, timers: 0, tasksAlive: 0 });
  });

  it('F4: after a run a virtual loop has no timer left, also when it was cancelled', async () => {
    const loop = new VirtualLoop();
    const controller = new AbortController();
    const done = run(() => sleep(1e6), { loop, signal: controller.signal, timeout: 1e5, grace: 1e4 });
    await loop.settle();
    controller.abort(new Error('enough'));
    await expect(loop.drive(done)).rejects.toThrow('enough');
    expect(loop.nextTimer).toBe(Number.POSITIVE_INFINITY);
    expect(loop.stats().timers).toBe(0);
  });
});
