/** Whether the engine itself sends a statement in the background: for the queue, due schedules, workers, limits or vacuum. */
export function isBackground(statement: string): boolean {
  return /pgboss|schedules|schedule_runs|workers|concurrency limits|with limits as|pg_stat_/.test(statement);
}
