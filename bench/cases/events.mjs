import * as skein from 'skein';
import * as without from 'skein-without-events';
import { checkSum, fiberBodies } from '../spawning.mjs';

const TASKS = 100;
const WAVES = 1000;
/** Created, started, completed. */
const EVENTS = 3;

/** The library is a parameter: the build without the tests for observers is another one. */
function* inWaves({ spawn, gather }) {
  let sum = 0;
  for (let wave = 0; wave < WAVES; wave++) {
    const tasks = [];
    for (let index = 0; index < TASKS; index++) tasks.push(spawn(fiberBodies.noHop(index)));
    for (const number of yield* gather(tasks)) sum += number;
  }
  return checkSum(sum, TASKS, WAVES);
}

const measured = (library) => (measure) =>
  library.run(() => measure(() => library.spawn(() => inWaves(library))));

export default {
  title: 'events: what they cost a task that has three, an event',
  operations: TASKS * WAVES * EVENTS,
  contenders: {
    'nobody observes': measured(skein),
    'a build without events': measured(without),
    'one observer that does nothing': (measure) => {
      let told = 0;
      const observer = {
        onTaskEvent() {
          told++;
        },
      };
      skein.Observable.instance.register(observer);
      return measured(skein)(async (sample) =>
        measure(async () => {
          told = 0;
          await sample();
          if (told < TASKS * WAVES * EVENTS) throw new Error(`the observer was told of ${told} events`);
        }),
      );
    },
  },
  goals: [
    { contender: 'nobody observes', against: 'a build without events', alike: true },
    { contender: 'one observer that does nothing', over: 'nobody observes', limit: 150 },
  ],
};
