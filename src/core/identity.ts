let last = 0;

/** The next id: tasks and scopes are numbered together, in the order of their creation. */
export function nextId(): number {
  return ++last;
}

/** How a task or scope is shown in messages: `task #3 'fetch'`. */
export function describe(kind: string, id: number, name: string | undefined): string {
  return name === undefined || name === '' ? `${kind} #${id}` : `${kind} #${id} '${name}'`;
}
