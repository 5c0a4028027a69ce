/**
 * A program as data: what the model runs twice, once on skein (perform.ts) and once by the rules alone (interpreter.ts).
 *
 * Each step, and each body that becomes a task, has a number of its own: its place in the program, in reading order. No step
 * runs twice, so a number also names whatever the step makes: task 3, the error of step 5, the reason of step 7.
 */

/** How the code of a body is written: with `await`, or as a generator with `yield*`. */
export type Kind = 'async' | 'fiber';

export interface Body {
  readonly kind: Kind;
  readonly steps: readonly Step[];
}

/** A body that runs in a task of its own, or a task that exists: the one spawned so many tasks ago. */
export type Piece =
  | { readonly is: 'body'; readonly at: number; readonly body: Body }
  | { readonly is: 'task'; readonly back: number };

/** The permits of the program's semaphores, and the room in its queues. */
export const PERMITS = [1, 2] as const;
export const ROOM = [0, 1] as const;

export type Priority = 'system' | 'control' | 'work';

export type Strategy = 'fail-fast' | 'wait-all' | 'return-partial';

export type Leaf =
  | { readonly do: 'sleep'; readonly ms: number }
  | { readonly do: 'checkpoint' }
  | { readonly do: 'fail' }
  | { readonly do: 'return' }
  /** Awaits a task that exists. */
  | { readonly do: 'await'; readonly back: number }
  | { readonly do: 'cancel task'; readonly back: number; readonly twice: boolean }
  /** Cancels a task, scope or group around the step: 0 is the innermost. */
  | { readonly do: 'cancel owner'; readonly out: number; readonly twice: boolean }
  /** Aborts one of the program's two outer signals. */
  | { readonly do: 'abort'; readonly signal: number }
  /** Waits for the members of the innermost group around the step. */
  | { readonly do: 'wait all' }
  /** Closes that group: nothing can be spawned into it any more. */
  | { readonly do: 'close' }
  | { readonly do: 'put'; readonly queue: number }
  | { readonly do: 'get'; readonly queue: number };

export type Compound =
  | {
      readonly do: 'spawn';
      readonly body: Body;
      /** Into which task, scope or group around the step; undefined: the plain `spawn`. */
      readonly out: number | undefined;
      readonly service: boolean;
      readonly hold: boolean;
      readonly priority: Priority | undefined;
    }
  | {
      readonly do: 'scope';
      readonly body: Body;
      readonly timeout: number | undefined;
      readonly shield: boolean;
      readonly signal: number | undefined;
    }
  | { readonly do: 'with timeout'; readonly ms: number; readonly body: Body }
  | { readonly do: 'wait for'; readonly ms: number; readonly work: Piece }
  | { readonly do: 'shield'; readonly body: Body }
  | {
      readonly do: 'gather';
      readonly strategy: Strategy;
      readonly work: readonly Piece[];
      /** The work is given as a record, and so are the results. */
      readonly record: boolean;
    }
  /** Steps that are done while holding permits. */
  | {
      readonly do: 'hold';
      readonly semaphore: number;
      readonly count: number;
      readonly steps: readonly Step[];
    }
  | {
      readonly do: 'group';
      readonly strategy: Strategy;
      readonly concurrency: number | undefined;
      readonly timeout: number | undefined;
      readonly body: Body;
    }
  | { readonly do: 'defer'; readonly body: Body }
  /** Registers a resource whose close runs this body, always as an async function. */
  | { readonly do: 'use'; readonly body: Body }
  | {
      readonly do: 'try';
      readonly steps: readonly Step[];
      readonly caught: { readonly steps: readonly Step[]; readonly rethrows: boolean } | undefined;
      readonly finally: readonly Step[] | undefined;
    };

export type Step = { readonly at: number } & (Leaf | Compound);

/** The bodies and lists of steps inside a step, for walks over a program. */
function inside(step: Step): readonly (readonly Step[])[] {
  switch (step.do) {
    case 'spawn':
    case 'scope':
    case 'with timeout':
    case 'shield':
    case 'group':
    case 'defer':
    case 'use':
      return [step.body.steps];
    case 'wait for':
      return step.work.is === 'body' ? [step.work.body.steps] : [];
    case 'gather':
      return step.work.flatMap((piece) => (piece.is === 'body' ? [piece.body.steps] : []));
    case 'hold':
      return [step.steps];
    case 'try':
      return [step.steps, step.caught?.steps ?? [], step.finally ?? []];
    default:
      return [];
  }
}

/** How many steps a program has. */
export function sizeOf(steps: readonly Step[]): number {
  return steps.reduce(
    (sum, step) => sum + 1 + inside(step).reduce((below, list) => below + sizeOf(list), 0),
    0,
  );
}

/** Gives each step and piece its number. */
export function numbered(main: Body): Body {
  let last = 0;
  const body = (given: Body): Body => ({ kind: given.kind, steps: list(given.steps) });
  const list = (steps: readonly Step[]): Step[] => steps.map(step);
  const piece = (given: Piece): Piece =>
    given.is === 'task' ? given : { is: 'body', at: ++last, body: body(given.body) };
  const step = (given: Step): Step => {
    const at = ++last;
    switch (given.do) {
      case 'spawn':
      case 'scope':
      case 'with timeout':
      case 'shield':
      case 'group':
      case 'defer':
      case 'use':
        return { ...given, at, body: body(given.body) };
      case 'wait for':
        return { ...given, at, work: piece(given.work) };
      case 'gather':
        return { ...given, at, work: given.work.map(piece) };
      case 'hold':
        return { ...given, at, steps: list(given.steps) };
      case 'try': {
        const steps = list(given.steps);
        const { caught } = given;
        return {
          ...given,
          at,
          steps,
          caught: caught === undefined ? undefined : { ...caught, steps: list(caught.steps) },
          finally: given.finally === undefined ? undefined : list(given.finally),
        };
      }
      default:
        return { ...given, at };
    }
  };
  return body(main);
}

// ── as readable text ────────────────────────────────────────────────────────────────────────────────────────────────

/** A program as text: what a disagreement is reported with. */
export function show(main: Body): string {
  return [`main: ${main.kind}`, ...lines(main.steps, '  ')].join('\n');
}

function lines(steps: readonly Step[], indent: string): string[] {
  return steps.flatMap((step) => {
    const head = `${indent}${step.at}. `;
    const below = `${indent}    `;
    switch (step.do) {
      case 'gather': {
        const text = `${head}gather ${step.strategy}${step.record ? ', as a record' : ''}`;
        return [text, ...step.work.flatMap((piece) => pieceLines(piece, below))];
      }
      case 'wait for':
        return [`${head}wait for, at most ${step.ms} ms`, ...pieceLines(step.work, below)];
      case 'hold':
        return [`${head}hold ${step.count} of semaphore ${step.semaphore}`, ...lines(step.steps, below)];
      case 'try': {
        const out = [`${head}try`, ...lines(step.steps, below)];
        const { caught } = step;
        if (caught !== undefined)
          out.push(
            `${indent}catch${caught.rethrows ? ' (and throw again)' : ''}`,
            ...lines(caught.steps, below),
          );
        if (step.finally !== undefined) out.push(`${indent}finally`, ...lines(step.finally, below));
        return out;
      }
      default: {
        const { at: _, do: name, ...rest } = step;
        const { body, ...options } = rest as { body?: Body };
        const given = Object.entries(options).filter(([, value]) => value !== undefined && value !== false);
        const text = given
          .map(([key, value]) => (value === true ? key : `${key} ${String(value)}`))
          .join(', ');
        const line = `${head}${name}${text === '' ? '' : ` (${text})`}`;
        return body === undefined ? [line] : [`${line}: ${body.kind}`, ...lines(body.steps, below)];
      }
    }
  });
}

function pieceLines(piece: Piece, indent: string): string[] {
  if (piece.is === 'task') return [`${indent}- the task spawned ${piece.back} tasks ago`];
  return [`${indent}${piece.at}. body: ${piece.body.kind}`, ...lines(piece.body.steps, `${indent}    `)];
}
