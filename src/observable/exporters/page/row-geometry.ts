/** The height of a row, and of the ruler above them. */
export const ROW_HEIGHT = 22;
export const RULER_HEIGHT = 22;
/** A bar stands in the middle of its row; the critical path runs below it. */
export const BAR_TOP = 3;
export const BAR_HEIGHT = 13;
export const PATH_AT = 18.5;
/** Room at the right of the whole run, for the marks of what ended with it. */
const EDGE = 18;

/** So many pixels of a chart stand for what the window shows. */
export function timeWidth(width: number): number {
  return Math.max(1, width - EDGE);
}

export const TEXT_FONT = '11px system-ui, sans-serif';
export const STRONG_FONT = '700 11px system-ui, sans-serif';
