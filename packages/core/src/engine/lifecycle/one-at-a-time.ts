/**
 * Runs `work` one at a time. Calls during a run share one further run, which begins after it and sees what the callers did before.
 * `work` must not reject.
 */
export function oneAtATime(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let following: Promise<void> | null = null;

  function run(): Promise<void> {
    running = work().finally(() => (running = null));
    return running;
  }

  return () => {
    if (running === null) return run();
    following ??= running.then(() => {
      following = null;
      return running ?? run();
    });
    return following;
  };
}
