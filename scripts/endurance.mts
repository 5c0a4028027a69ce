// The load of test/endurance for as long as you like: npx tsx --expose-gc scripts/endurance.mts --minutes 60 --seed 1
//
// Prints one line at a time in a terminal, and at the end a table of the samples: the heap after a forced collection, handles,
// tasks and timers when nobody is at work, how late the event loop was, operations done. Exits with 1 if something grows.
// `--without 'a barrier'` leaves an operation out, as often as it is given: to find out which one leaks.
// Ctrl-C ends it early, with the table so far.
import { parseArgs } from 'node:util';
import { judge, runLoad, type Sample } from '../test/endurance/load.js';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    clients: { type: 'string', default: '40' },
    samples: { type: 'string', default: '30' },
    without: { type: 'string', multiple: true, default: [] },
  },
});

function numberOf(name: 'minutes' | 'seed' | 'clients' | 'samples'): number {
  const number = Number(values[name]);
  if (!(number > 0)) throw new Error(`--${name} takes a number above zero, and was given ${values[name]}`);
  return number;
}

const duration = numberOf('minutes') * 60_000;
const seed = numberOf('seed');
const terminal = process.stdout.isTTY;
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(2);

function lineOf({ at, operations, heap, handles, tasks, timers, delay }: Sample): string {
  return [
    (at / 1000).toFixed(0).padStart(6),
    operations.toString().padStart(11),
    megabytes(heap).padStart(9),
    handles.toString().padStart(8),
    tasks.toString().padStart(6),
    timers.toString().padStart(7),
    delay.p50.toFixed(1).padStart(8),
    delay.p99.toFixed(1).padStart(8),
    delay.max.toFixed(1).padStart(8),
  ].join(' ');
}

const heading = '     s  operations  heap MB  handles  tasks  timers  late p50      p99      max  (ms)';

const samples = await runLoad({
  duration,
  interval: duration / numberOf('samples'),
  seed,
  clients: numberOf('clients'),
  without: values.without,
  onSample: (sample) => {
    if (terminal) process.stdout.write(`\r${lineOf(sample)}`);
  },
});

if (terminal) process.stdout.write('\r');
console.log(
  `${values.minutes} min, seed ${seed}, ${values.clients} clients, Node ${process.versions.node}${values.without.map((name) => `, without '${name}'`).join('')}\n`,
);
console.log(heading);
for (const sample of samples) console.log(lineOf(sample));
const { flat, bytesPerOperation, rise, findings } = judge(samples);
console.log(
  `\n${flat ? 'flat' : 'NOT FLAT'}: ${bytesPerOperation.toFixed(3)} bytes for each operation, ${megabytes(rise)} MB in all after ` +
    'the warm-up',
);
for (const finding of findings) console.log(`- ${finding}`);
if (!flat) process.exitCode = 1;
