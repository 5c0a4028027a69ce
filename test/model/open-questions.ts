/**
 * Where skein and its design do not agree yet: the interpreter follows skein as long as a question is open, so that the model can go
 * on finding others. Each says what is asked and what the design says.
 */
export const open = {
  /**
   * A gather or `waitFor` that begins in a scope which is cancelled already never begins. docs/design.md says that the tasks it
   * was given are cancelled all the same; skein leaves them alone.
   */
  gatherCancelsWhatItNeverBegan: true,
};
