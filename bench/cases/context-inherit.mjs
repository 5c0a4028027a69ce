import { ContextVar, run, spawn } from 'skein';

const LEVELS = 10;
const TIMES = 2000;
const MANY = 1000;

/** A task in a task, ten levels, and the innermost reads what was set outside. */
function* descend(variable, level) {
  if (level === LEVELS) return variable.get();
  return yield* spawn(() => descend(variable, level + 1));
}

function* descents(variable) {
  let sum = 0;
  for (let time = 0; time < TIMES; time++) sum += yield* descend(variable, 0);
  if (sum !== 7 * TIMES) throw new Error(`the values add up to ${sum}`);
  return sum;
}

/** What is inherited: one variable, or the last of so many. */
const skein = (variables) => (measure) =>
  run(() => {
    let variable;
    for (let index = 0; index < variables; index++) {
      variable = new ContextVar(`variable ${index}`);
      variable.set(7);
    }
    return measure(() => spawn(() => descents(variable)));
  });

export default {
  title: `context: inherit through ${LEVELS} levels, with spawn and join, a level`,
  operations: LEVELS * TIMES,
  contenders: {
    'one variable': skein(1),
    [`${MANY} variables`]: skein(MANY),
  },
  // Inheriting is O(1) (X1): a thousand times as many variables cost nothing more, but for noise.
  goals: [{ contender: `${MANY} variables`, against: 'one variable', ratio: 1.1 }],
};
