// The text of metrics().toPrometheus(), read by a parser that skein did not write.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import parse from 'parse-prometheus-text-format';
import { diagnostics, skein } from './skein.mjs';

const { run, sleep, spawn } = skein;

const odd = 'a "quoted" \\ name\nwith a line';

/** Measures a program, and gives what was measured with what the parser made of its text. */
async function measured(options) {
  const found = diagnostics.metrics(options);
  await run(
    async () => {
      await spawn(() => sleep(2), odd);
      await spawn(() => Promise.reject(new Error('no')), 'broken').catch(() => {});
    },
    { name: 'program' },
  );
  found.stop();
  const families = parse(found.toPrometheus());
  assert.deepEqual(
    families.map(({ name, type }) => [name, type.toLowerCase()]),
    found.read().map(({ name, type }) => [name, type]),
  );
  return new Map(families.map((family) => [family.name, family]));
}

it('another parser reads the counters, whatever stands in a label', async () => {
  const families = await measured({ names: 10 });
  const ended = families.get('skein_tasks_ended_total').metrics;
  const count = (name, state) =>
    Number(ended.find(({ labels }) => labels.name === name && labels.state === state).value);
  assert.equal(count('program', 'completed'), 1);
  assert.equal(count('broken', 'failed'), 1);
  assert.equal(count(odd, 'completed'), 1);
});

// It does not tell the labelled ones of a histogram apart, so these have none.
it('another parser reads the histograms', async () => {
  const families = await measured();
  const bound = (le) => (le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le));
  for (const name of ['skein_task_run_seconds', 'skein_task_wait_seconds']) {
    const [{ buckets, count, sum }] = families.get(name).metrics;
    const ordered = Object.entries(buckets).sort(([a], [b]) => bound(a) - bound(b));
    const counts = ordered.map(([, value]) => Number(value));
    assert.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
    );
    assert.equal(ordered.at(-1)[0], '+Inf');
    assert.equal(counts.at(-1), 3);
    assert.equal(Number(count), 3);
    assert.ok(Number(sum) < 60, `seconds, and not milliseconds: ${sum}`);
  }
});
