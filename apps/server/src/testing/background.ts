/** Whether the engine itself sends a statement in the background: for the queue, or for due schedules. */
export function isBackground(statement: string): boolean {
  return /pgboss|schedules|schedule_runs/.test(statement);
}
