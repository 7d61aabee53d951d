/** Whether the engine sends a statement by itself, at any moment: for the queue, and for due schedules. */
export function isBackground(statement: string): boolean {
  return /pgboss|schedules|schedule_runs/.test(statement);
}
