// Everything in the public API that can be waited for has a test here that nothing is kept by it.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as skein from 'skein';
import { describe, expect, it } from 'vitest';
import { awaitablesAmong } from './awaitables.js';

/** What can be waited for, and what its test is called. */
const tests: Readonly<Record<string, string>> = {
  'AsyncResourceManager.cleanupExpired': "name: 'AsyncResourceManager.cleanupExpired'",
  'AsyncResourceManager.cleanupScope': "name: 'AsyncResourceManager.cleanupScope'",
  'Barrier.wait': "name: 'Barrier.wait'",
  'CancellationScope.[Symbol.asyncDispose]': "name: 'the disposal of a scope'",
  'CancellationScope.run': "name: 'CancellationScope.run'",
  'CancellationScope.spawn': "name: 'a task of a scope'",
  'Condition.wait': "name: 'Condition.wait'",
  'Condition.waitFor': "name: 'Condition.waitFor'",
  'Condition.with': "name: 'Condition.with'",
  'ContextVar.with': "name: 'a variable and named context values'",
  'Event.wait': "name: 'Event.wait'",
  'HostedLoop.run': "['loop.run, nested'",
  'Latch.wait': "name: 'Latch.wait'",
  'Mutex.acquire': "name: 'Mutex.acquire'",
  'Mutex.with': "name: 'Mutex.with'",
  'Queue.[Symbol.asyncIterator]': "name: 'a loop over a queue'",
  'Queue.get': 'name: `Queue.get, ',
  'Queue.join': "name: 'Queue.join'",
  'Queue.next': "name: 'Queue.next'",
  'Queue.put': "name: 'Queue.put, rendezvous'",
  'RateLimiter.acquire': "name: 'RateLimiter.acquire'",
  'ReadWriteLock.acquireRead': "['acquireRead', 'acquireWrite']",
  'ReadWriteLock.acquireWrite': "['acquireRead', 'acquireWrite']",
  'ReadWriteLock.withRead': "['withRead', 'withWrite']",
  'ReadWriteLock.withWrite': "['withRead', 'withWrite']",
  'Semaphore.acquire': "name: 'Semaphore.acquire'",
  'Semaphore.with': "name: 'Semaphore.with'",
  'Task.[Symbol.asyncDispose]': "name: 'the disposal of a task'",
  'Task.spawn': 'name: `a task that was spawned into a ',
  'TaskGroup.[Symbol.asyncDispose]': "name: 'the disposal of a group'",
  'TaskGroup.run': 'name: `TaskGroup.run, ',
  'TaskGroup.spawn': 'name: `a task that was spawned into a ',
  'TaskGroup.waitAll': "name: 'TaskGroup.waitAll'",
  any: '[race, any]',
  asCompleted: "name: 'asCompleted'",
  checkpoint: "name: 'checkpoint, before a wait'",
  filter: '[map, forEach, filter]',
  forEach: '[map, forEach, filter]',
  gather: 'name: `gather, ',
  interval: "name: 'interval'",
  map: '[map, forEach, filter]',
  mapUnordered: "name: 'mapUnordered'",
  race: '[race, any]',
  retry: "name: 'retry'",
  run: "['run, nested'",
  shield: "name: 'shield'",
  sleep: "name: 'sleep'",
  spawn: "name: 'a task'",
  until: "name: 'until(promise)'",
  wait: "name: 'wait, of tasks'",
  waitFor: "['waitFor',",
  withDeadline: "['withDeadline',",
  withTimeout: "['withTimeout',",
};

/** They give a task that was there before, or belong to whoever drives a loop from outside. */
const others = ['currentTask', 'VirtualLoop.advance', 'VirtualLoop.drive', 'VirtualLoop.settle'];

describe('C11: references', () => {
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const texts = readdirSync(folder)
    .filter((name) => name.endsWith('.test.ts') && name !== 'coverage.test.ts')
    .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
    .join('\n');

  it('C11: each awaitable and combinator that is exported has a test', () => {
    const found = awaitablesAmong(new Set(Object.keys(skein))).filter((name) => !others.includes(name));
    expect(found).toEqual(Object.keys(tests).sort());
  });

  it.each(Object.entries(tests))('C11: that of %s exists', (_name, test) => {
    expect(texts).toContain(test);
  });
});
