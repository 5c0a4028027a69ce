import { CancellationScope, gather, HostedLoop, InvalidArgumentError, nodeHost, run, spawn } from 'skein';
import { describe, expect, it } from 'vitest';
import { drive, thrownBy } from '../core/support.js';

// E5: options are checked at the call, and a call that is refused leaves nothing behind. (Found by adversarial tests.)

const wrong = (value: unknown): never => value as never;

describe('E5: misuse that is easily noticed too late, or never', () => {
  const loop = new HostedLoop(nodeHost);

  it.each([
    ['loop.schedule, nothing', () => loop.schedule(wrong(undefined)), /loop\.schedule.*undefined/],
    ['loop.schedule, an object', () => loop.schedule(wrong({})), /loop\.schedule.*an object/],
    ['loop.schedule, a number', () => loop.schedule(wrong(7)), /loop\.schedule.*7/],
    ['spawn name', () => spawn(() => 1, { name: wrong(5) }), /spawn: name is a string, and was 5/],
    ['spawn options', () => spawn(() => 1, wrong(5)), /^spawn.*5/],
    ['spawn options null', () => spawn(() => 1, wrong(null)), /^spawn.*null/],
    ['spawn service', () => spawn(() => 1, { service: wrong('yes') }), /spawn: service.*'yes'/],
    ['run context', () => run(() => 1, { context: wrong('text') }), /^run: context.*'text'/],
    ['run options null', () => run(() => 1, wrong(null)), /^run.*null/],
    [
      'scope options null',
      () => CancellationScope.run(() => 1, wrong(null)),
      /^CancellationScope\.run.*null/,
    ],
    ['gather options', () => gather([() => 1], wrong(5)), /^gather.*5/],
  ] as const)('E5: %s', async (_name, misuse, message) => {
    const ended = await drive((virtual) => run(async () => thrownBy(misuse), { loop: virtual }));
    const { value } = ended as { value: Error };
    expect(value).toBeInstanceOf(InvalidArgumentError);
    expect(value.message).toMatch(message);
  });

  it.each([
    ['a drain', { handleSignals: { drain: -5 } }],
    ['a loop', { loop: wrong({}) }],
    ['a context', { context: wrong(null) }],
  ] as const)(
    'E5: run() inside a task that refuses %s leaves nothing behind: the task around it ends',
    { timeout: 1000 },
    async (_name, options) => {
      await drive((virtual) =>
        run(async () => void (await run(() => 1, options).catch(() => 1)), { loop: virtual }),
      );
    },
  );
});
