// What the test files get for `vitest`: its own runner, its own `expect` and its own spies, without the server, the
// workers and the module loader around them, which Bun and Deno do not run.

import FakeTimers from '@sinonjs/fake-timers';
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  GLOBAL_EXPECT,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';
import { clearAllMocks, fn, isMockFunction, resetAllMocks, restoreAllMocks, spyOn } from '@vitest/spy';

export {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  it,
  onTestFinished,
  suite,
  test,
} from '@vitest/runner';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

export const expect = (value, message) => {
  setState({ assertionCalls: getState(expect).assertionCalls + 1 }, expect);
  return chai.expect(value, message);
};
Object.assign(expect, chai.expect, globalThis[ASYMMETRIC_MATCHERS_OBJECT]);
expect.getState = () => getState(expect);
expect.setState = (state) => setState(state, expect);
expect.extend = (matchers) => chai.expect.extend(expect, matchers);
expect.extend(customMatchers);
expect.fail = chai.assert.fail;
expect.unreachable = (message = 'this place') => chai.assert.fail(`${message} was not to be reached`);
setState({ assertionCalls: 0, isExpectingAssertions: false }, expect);
Object.defineProperty(globalThis, GLOBAL_EXPECT, { value: expect, configurable: true, writable: true });

let clock;
/** What stood in the place of each global that a test has put another value into. */
const globals = new Map();

export const vi = {
  clearAllMocks,
  fn,
  isMockFunction,
  resetAllMocks,
  restoreAllMocks,
  spyOn,
  useFakeTimers: ({ toFake }) => {
    clock = FakeTimers.install({ toFake, ignoreMissingTimers: true });
  },
  useRealTimers: () => clock?.uninstall(),
  advanceTimersByTimeAsync: (ms) => clock.tickAsync(ms),
  getTimerCount: () => clock.countTimers(),
  stubGlobal: (name, value) => {
    if (!globals.has(name)) globals.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: true });
  },
  unstubAllGlobals: () => {
    for (const [name, original] of globals) {
      if (original === undefined) delete globalThis[name];
      else Object.defineProperty(globalThis, name, original);
    }
    globals.clear();
  },
};

/** Types are checked by `npm run check`, with the compiler; here an expectation of a type passes. */
export const expectTypeOf = () => anything;
const anything = new Proxy(() => anything, { get: () => anything });
