/** Whether the engine itself sends a statement in the background: for the queue, due schedules or workers. */
export function isBackground(statement: string): boolean {
  return /pgboss|schedules|schedule_runs|workers/.test(statement);
}
