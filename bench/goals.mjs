import { amount } from './table.mjs';

/**
 * What a case is to reach, in one of four forms:
 *
 *     { contender, against, ratio }      at most so many times the other's figure
 *     { contender, limit }               at most this, in the unit of the case
 *     { contender, over, limit }         at most so much more than the other
 *     { contender, against, alike }      not to be told apart from the other by the rounds that were measured
 *
 * Goals are judged by medians.
 */
export function judge(goal, find, unit) {
  const one = find(goal.contender);
  const other = find(goal.against ?? goal.over);
  if (one === undefined) return undefined;
  if (goal.alike) {
    const told = difference(one.rounds, other.rounds);
    const reached = one.value / other.value;
    return verdict(goal, {
      wanted: `like ${goal.against}`,
      reached: `${reached.toFixed(3)} ×, ${told < SURE ? 'not told apart' : 'told apart'}`,
      // To be faster than what is meant to be the same is noise of another kind, and no failure.
      met: told < SURE || reached < 1,
    });
  }
  if (goal.ratio !== undefined) {
    const reached = one.value / other.value;
    return verdict(goal, {
      wanted: `≤ ${factor(goal.ratio)} × ${goal.against}`,
      reached: `${factor(reached)} ×`,
      best: `${factor(one.best / other.best)} ×`,
      met: reached <= goal.ratio,
    });
  }
  const reached = one.value - (other?.value ?? 0);
  return verdict(goal, {
    wanted: `≤ ${amount(goal.limit, unit)}${other === undefined ? '' : ` more than ${goal.over}`}`,
    reached: amount(reached, unit),
    best: amount(one.best - (other?.best ?? 0), unit),
    met: reached <= goal.limit,
  });
}

function verdict(goal, said) {
  return { ...goal, ...said };
}

/** A ratio with three digits that count; below a tenth also as a fraction, as the goals say it. */
function factor(ratio) {
  const digits = ratio < 0.1 ? 4 : ratio < 10 ? 2 : 0;
  return ratio < 0.1 ? `${ratio.toFixed(digits)} (1/${(1 / ratio).toFixed(0)})` : ratio.toFixed(digits);
}

/** Beyond so many standard deviations two lists of rounds are told apart: one time in twenty by chance. */
const SURE = 1.96;

/** The rank-sum test of Mann and Whitney: how many standard deviations two lists are from being mixed by chance. */
function difference(some, others) {
  let wins = 0;
  for (const one of some) for (const other of others) wins += one > other ? 1 : one === other ? 0.5 : 0;
  const [n, m] = [some.length, others.length];
  return Math.abs(wins - (n * m) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
}
