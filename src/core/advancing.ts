/** Something that takes its next step when it is told that a condition may have come true: a lifetime. */
interface Advancing {
  advance(): void;
}

/** The lifetimes whose turn to advance has come while another one advances. */
const waitingTurns: Advancing[] = [];
let advancing = false;

/**
 * Lets a lifetime advance: at once, or after the one that does so now. The end of a child can be the end of its parent,
 * and so on up a chain of any depth: this way the stack does not grow with it (C10).
 */
export function advanceInTurn(lifetime: Advancing): void {
  waitingTurns.push(lifetime);
  if (advancing) return;
  advancing = true;
  try {
    for (let next = waitingTurns.pop(); next !== undefined; next = waitingTurns.pop()) next.advance();
  } finally {
    advancing = false;
  }
}
