import { existsSync, readFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** How often V8 looks where the program is, in microseconds. */
const INTERVAL = 200;
/** So many parts of a profile are told, and none that is smaller than this. */
const PARTS = 7;
const SMALLEST = 0.015;

/** Waiting for a timer is no work; the root of the tree is no place; `dispatch` is this profiler going on and off. */
const notCounted = new Set(['(idle)', '(root)', 'dispatch']);

/** V8's own profiler, switched on for the parts of a process that count. */
class Profiler {
  #session = new Session();
  #times = new Map();
  #total = 0;

  constructor() {
    this.#session.connect();
    this.#session.post('Profiler.enable');
    this.#session.post('Profiler.setSamplingInterval', { interval: INTERVAL });
  }

  begin() {
    this.#session.post('Profiler.start');
  }

  /** What it answers it answers on the spot, since it looks into its own process. */
  end() {
    this.#session.post('Profiler.stop', (error, { profile } = {}) => {
      if (error) throw error;
      this.#add(profile);
    });
  }

  #add({ nodes, samples, timeDeltas }) {
    const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]));
    samples.forEach((id, index) => {
      const frame = frames.get(id);
      if (notCounted.has(frame.functionName) || frame.url === 'node:inspector') return;
      const what = nameOf(frame);
      this.#times.set(what, (this.#times.get(what) ?? 0) + timeDeltas[index]);
      this.#total += timeDeltas[index];
    });
  }

  /** The largest parts: `{ what, part }`, the part of one. */
  parts() {
    return [...this.#times]
      .map(([what, time]) => ({ what, part: time / this.#total }))
      .filter(({ part }) => part >= SMALLEST)
      .sort((one, other) => other.part - one.part)
      .slice(0, PARTS);
  }
}

const words = {
  '(garbage collector)': 'garbage collection',
  // Promises and their hooks, microtasks, the making of functions and objects: code of V8 and Node without a frame.
  '(program)': 'engine',
};

function nameOf({ functionName, url, lineNumber, columnNumber }) {
  const word = words[functionName];
  if (word !== undefined) return word;
  const name = functionName || '(anonymous)';
  if (url === '') return `${name} (engine)`;
  if (url.startsWith('node:')) return `${name} (${url})`;
  return `${name} (${placeOf(url, lineNumber, columnNumber)})`;
}

/** The source of a built file, the package of a peer, or the case. */
function placeOf(url, line, column) {
  const source = sourceMapOf(url)?.findEntry(line, column).originalSource;
  const own = source?.match(/\bsrc\/(.+)$/);
  if (own) return own[1];
  const peer = url.match(/\/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  return peer ? peer[1] : 'the case itself';
}

const maps = new Map();

function sourceMapOf(url) {
  if (!maps.has(url)) {
    const file = `${fileURLToPath(url)}.map`;
    const found = existsSync(file) && url.includes('/node_modules/skein');
    maps.set(url, found ? new SourceMap(JSON.parse(readFileSync(file, 'utf8'))) : undefined);
  }
  return maps.get(url);
}

/** There is one in a child that `run.mjs` has asked for a profile. */
export const profiler = process.env.SKEIN_BENCH_PROFILE === '1' ? new Profiler() : undefined;
