import { addCleanup } from '../core/cleanup.js';
import type { Lifetime } from '../core/lifetime.js';
export type Closable = AsyncDisposable;
export function useIn<R extends Closable>(lifetime: Lifetime, call: string, resource: R): R {
  addCleanup(lifetime, call, 'closing', () => resource[Symbol.asyncDispose]());
  return resource;
}
