/** The value that a function returns or the error that it throws. */
export function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}
