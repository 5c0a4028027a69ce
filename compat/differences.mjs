// The one list of what the matrix does not run somewhere, and why. What users meet of it is in docs/platforms.md.
// An entry that no longer meets a test fails the matrix, so the list cannot outlive what it says.

/**
 * `file` is below test/, `test` a part of the full name of one or more tests (left out: the whole file is not run), `on` the
 * runtimes (left out: all of them).
 *
 * @type {readonly { file: string, test?: string, on?: readonly string[], reason: string }[]}
 */
export const differences = [
  {
    file: 'observable/off.test.ts',
    reason:
      "it puts other modules in the place of the package's own, which only vitest's module loader can do",
  },
  {
    file: 'observable/name-async-stacks.test.ts',
    test: 'in a debugger',
    on: ['bun', 'deno'],
    reason: "it looks into its own program with node:inspector's connectToMainThread, which only Node has",
  },
  {
    file: 'core/debug-environment.test.ts',
    reason: 'it loads a module of its own for each start, which a bundle has once',
  },
  {
    file: 'core/suppressed.test.ts',
    test: 'alter nothing, not even what cannot be altered',
    on: ['bun'],
    reason:
      "it compares an error's own properties with V8's; on JavaScriptCore an error also has `line`, `column` and others",
  },
  {
    file: 'conformance/cancellation-remains.test.ts',
    test: 'what a cancelled wait was for is free to be collected',
    on: ['bun'],
    reason:
      'it watches one object, and the collector of JavaScriptCore takes for a reference whatever on the stack looks like one: ' +
      'now and then it is still there (many at once are watched by references/)',
  },
  {
    file: 'conformance/survivors-errors.test.ts',
    test: 'a held failure that was claimed is free to be collected',
    on: ['bun'],
    reason:
      'it watches one task, and JavaScriptCore keeps the last of any number of them: 1 of 1, 1 of 10, and mostly 1 of 1000 ' +
      'are left (V8 leaves none), so nothing adds up',
  },
];
