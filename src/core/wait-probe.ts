import type { Frame } from './frame.js';

/**
 * A slot for whoever wants to know when code begins to wait and when it goes on. Empty by default, and then it costs one
 * test for null at each wait (O1).
 *
 *     began ──▶ (the source settles, the job waits in the ready queue) ──▶ ended
 *
 * `began` is told of waits for what is still pending. `ended` is told whenever the outcome of a wait is looked at, also of
 * one that never began because its source had settled: whoever listens keeps count for each frame.
 */
export interface WaitProbe {
  /** A frame waits for a source that is pending: a task, a scope, an operation. Runs no user code. */
  began(frame: Frame, source: { readonly checkpoint: string }): void;
  /** A frame goes on. Runs no user code. */
  ended(frame: Frame): void;
}

/** The slot: null, the only probe, or one that passes everything on to several. */
export const waits: { probe: WaitProbe | null } = { probe: null };

let probes: readonly WaitProbe[] = [];

/** Adds a probe, and returns what takes it out again. */
export function addWaitProbe(probe: WaitProbe): () => void {
  replace([...probes, probe]);
  return () => replace(probes.filter((other) => other !== probe));
}

function replace(those: readonly WaitProbe[]): void {
  probes = those;
  if (those.length > 1) waits.probe = all(those);
  else waits.probe = those[0] ?? null;
}

function all(those: readonly WaitProbe[]): WaitProbe {
  return {
    began: (frame, source) => {
      for (const probe of those) probe.began(frame, source);
    },
    ended: (frame) => {
      for (const probe of those) probe.ended(frame);
    },
  };
}
