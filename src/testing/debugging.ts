import { debug } from '../core/debug.js';

let users = 0;
let before = false;

/** Turns debug mode on until what this returns is called; several may overlap. */
export function addDebugging(): () => void {
  if (users++ === 0) before = debug.enabled;
  debug.enabled = true;
  let over = false;
  return () => {
    if (over) return;
    over = true;
    if (--users === 0) debug.enabled = before;
  };
}
