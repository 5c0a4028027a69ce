/** Goes through a script as an async body does: awaits whatever it yields. */
export async function walk<T>(steps: Generator<unknown, T, never>): Promise<T> {
  let step = steps.next();
  while (step.done !== true) {
    let value: unknown;
    try {
      value = await step.value;
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(value as never);
  }
  return step.value;
}
