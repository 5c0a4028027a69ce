// Runs the program of an example in this process, and notes what each of its lines prints.
import { format } from 'node:util';
import * as skein from 'skein';
import { VirtualLoop } from 'skein';
import ts from 'typescript';

/** A line that says in a comment what it prints, and what it printed. */
export interface Claim {
  readonly line: string;
  readonly comment: string;
  readonly printed: string[];
  /** What the program had printed before this line did for the first time. */
  earlier: readonly string[];
}

type Body = (load: (name: string) => Promise<object>, console: object, fetch: unknown) => Promise<void>;
const AsyncFunction = (async () => {}).constructor as new (...text: string[]) => Body;

/** Runs a program to its end. Rejects with what it throws. */
export async function play(program: string): Promise<Claim[]> {
  const claims: Claim[] = [];
  const { outputText } = ts.transpileModule(noteClaims(program, claims), {
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      verbatimModuleSyntax: true,
    },
  });
  const all: string[] = [];
  const log = (...values: unknown[]): string => {
    const text = values.map((value) => format(value).replace(/\n\s+at .*/g, '')).join(' ');
    all.push(text);
    return text;
  };
  const claim = (index: number) => {
    return (...values: unknown[]): void => {
      const { printed } = claims[index]!;
      if (printed.length === 0) claims[index]!.earlier = [...all];
      printed.push(log(...values));
    };
  };
  const console = { log, warn: log, error: log, claim };
  const load = async (name: string): Promise<object> => {
    if (name !== 'skein') return await import(name);
    return { ...skein, run: runVirtually };
  };
  // In a block of its own an example may use these three names for something else.
  const text = `{ ${loaded(outputText)} }`;
  await new AsyncFunction('$load', 'console', 'fetch', text)(load, console, offlineFetch);
  return claims;
}

/** On a virtual clock an example may sleep for a minute, and a busy machine changes nothing of what it prints. */
function runVirtually<T>(main: skein.TaskBody<T>, options: skein.RunOptions = {}): Promise<T> {
  if (options?.loop !== undefined || skein.currentTask() !== undefined) return skein.run(main, options);
  const loop = new VirtualLoop();
  // Told to an observer, what follows an error is no warning on the terminal.
  const observers = [...(options.observers ?? []), { onScopeEvent: () => {} }];
  return loop.drive(skein.run(main, { ...options, loop, observers }));
}

/** The network of the examples: whatever is on this machine answers 200. */
async function offlineFetch(url: string, options?: RequestInit): Promise<Response> {
  options?.signal?.throwIfAborted();
  return url.startsWith('data:') ? fetch(url, options) : new Response('<title>a page</title>');
}

/** `import` as `await load(...)`: a function body cannot hold the former. */
function loaded(module: string): string {
  return module
    .replace(/^import \{([^}]*)\} from (['"][^'"]+['"]);?$/gm, (_whole, names: string, from: string) => {
      return `const {${names.replaceAll(' as ', ': ')}} = await $load(${from});`;
    })
    .replace(/^import \* as (\w+) from (['"][^'"]+['"]);?$/gm, 'const $1 = await $$load($2);')
    .replace(/^export \{\};?$/gm, '');
}

/** `console.log(x); // 42`, or an expression with `// true` behind it, becomes a claim. */
function noteClaims(text: string, claims: Claim[]): string {
  return text
    .split('\n')
    .map((line) => {
      const [, code, comment] = /^(.*[;)}])\s*\/\/ (.+)$/.exec(line) ?? [];
      if (code === undefined || comment === undefined) return line;
      const index = claims.length;
      const claimed = code.includes('console.log(')
        ? code.replace('console.log(', `console.claim(${index})(`)
        : code.replace(/^(\s*)(.*);$/, `$1console.claim(${index})($2);`);
      if (!code.includes('console.log(') && !/^(true|false)\b/.test(comment)) return line;
      claims.push({ line: line.trim(), comment, printed: [], earlier: [] });
      return claimed;
    })
    .join('\n');
}

/** How a comment may go on behind what is printed: `17 (why)`, `17; why`, `17: why`. */
const explanations = [/$/, /\s\(/, /;\s/, /:\s/];

/**
 * Whether a line printed what its comment says. Spaces, commas, quotes and "then" are only how it is said; `after 'x'` says
 * in which order.
 */
export function isTrue({ comment, printed, earlier }: Claim): boolean {
  const before = /^after '(.*)'$/.exec(comment)?.[1];
  if (before !== undefined) return earlier.includes(before) && printed.length > 0;
  const said = squeeze(printed.join(' '));
  return explanations.some((explanation) => squeeze(comment.split(explanation)[0]!) === said);
}

function squeeze(text: string): string {
  return text.replace(/\bthen\b|[\s,'"]/g, '');
}
