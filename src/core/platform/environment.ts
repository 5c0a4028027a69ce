/** What the process's environment says, where there is one. */

interface WithEnvironment {
  process?: { env?: Record<string, string | undefined> };
}

/** A variable of the environment; undefined if it is not set, or may not be read. */
export function environmentVariable(name: string): string | undefined {
  try {
    return (globalThis as WithEnvironment).process?.env?.[name];
  } catch {
    // Deno asks for permission to read the environment, and may be refused.
    return undefined;
  }
}
