import type { Task } from '../core/task.js';
import type { Candidate } from './candidate.js';
import type { LocalNames } from './local-names.js';

/** A schedule as text, one line for each step: when, who, why, and out of how many. */
export function traceOf(steps: readonly Candidate[], names: LocalNames): string[] {
  const nameOf = (task: Task<unknown>): string => names.rewrite(task.label);
  return steps.map((step, place) => {
    const choice = step.width === 1 ? '' : ` [one of ${step.width}]`;
    const what = step.describe(nameOf);
    const by =
      step.timer !== null ? '' : step.by === 0 ? ', ready from the beginning' : `, ready by step ${step.by}`;
    return `step ${place + 1}, ${Math.round(step.at * 1000) / 1000} ms: ${what}${by}${choice}`;
  });
}
