import { applicationPrefix, type DatabaseTimeouts } from "./session-settings.ts";

/**
 * Ends the sessions of this service that hold locks and wait for their process in the middle of a statement, because it is frozen or cut
 * off. No time limit of PostgreSQL covers them: `idle_in_transaction_session_timeout` counts between statements, and
 * `statement_timeout` ends no wait for the client. The driver sends the first use of a statement in two parts, so every new connection
 * is exposed.
 *
 * Every process does it, for the sessions of all. `onEnded` gets the name of the silent process.
 */
export function watchStalledSessions(
  run: (statement: string) => Promise<readonly object[]>,
  timeouts: DatabaseTimeouts,
  onEnded: (process: string) => void = () => undefined,
): Disposable {
  const statement = endStalled(timeouts);
  let running = false;
  const timer = setInterval(() => {
    if (running) return;
    running = true;
    // A failure is that of the connection, which is replaced. The next try follows.
    run(statement)
      .then((ended) => (ended as readonly EndedSession[]).forEach(({ process }) => onEnded(process)))
      .catch(() => undefined)
      .finally(() => (running = false));
  }, timeouts.idleInTransactionMs / 2);
  timer.unref();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

interface EndedSession {
  readonly process: string;
}

/**
 * A session that reads waits for the rest of a statement. One that writes may be sending a long answer for as long as a statement may
 * take. Who has changed or locked a row has a transaction id.
 */
function endStalled({ idleInTransactionMs, statementMs, answerGraceMs }: DatabaseTimeouts): string {
  const silentFor = (ms: number) => `state_change < pg_catalog.clock_timestamp() - interval '${ms} milliseconds'`;
  return `
    select application_name as process, pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and usename = current_user and pid <> pg_backend_pid() and state = 'active'
      and (application_name like '${applicationPrefix}%' or application_name = current_setting('application_name'))
      and (wait_event = 'ClientRead' and ${silentFor(idleInTransactionMs)}
        or wait_event = 'ClientWrite' and ${silentFor(statementMs + answerGraceMs)})
      and (backend_xid is not null
        or pid in (select pid from pg_locks where locktype = 'advisory' and granted))`;
}
