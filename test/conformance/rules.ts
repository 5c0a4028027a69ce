/** The rules of the design by name; docs/design.md has them in words. test/docs/rules.test.ts proves that each has its statements. */
export const rules = [
  ...['L1', 'L2', 'L3', 'L4', 'L5', 'L6'],
  ...['C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7', 'C8', 'C9', 'C10', 'C11', 'C12', 'C13'],
  ...['E1', 'E2', 'E3', 'E4', 'E5'],
  ...['F1', 'F2', 'F3', 'F4'],
  ...['X1', 'X2'],
  ...['O1', 'O2', 'O3'],
] as const;

/** About which rules exploration has nothing to say, and why. What is explored in part is not here. */
export const unexplored: Readonly<Record<string, string>> = {
  C10: 'a cost: an exploring loop costs what it likes',
  E4: 'a text: the same in whatever order the tasks run',
  E5: 'misuse throws at the call, before anything can be ordered',
  F1: 'an order, which the strategy of an exploring loop decides instead',
  F2: 'slices and turns of the host, which an exploring loop does not have',
  F3: 'an order and a clock, which the strategy of an exploring loop decides instead',
  F4: 'idling, which an exploring loop does not do: it stands still when nothing is ready',
  O1: 'a cost: an exploring loop costs what it likes',
};

/** The rules that a statement names: it begins with them. */
export function rulesOf(name: string): string[] {
  const named = /^[LCEFXO]\d+(?:, [LCEFXO]\d+)*/.exec(name)?.[0];
  return named === undefined ? [] : named.split(', ');
}
