import { sql } from "drizzle-orm";
import { plainArray, textArray } from "../connection/array-literal.ts";
import type { Db } from "../connection/database.ts";
import { rowsOf } from "../connection/rows.ts";

/** State of a receiver as seen by one delivering process, or combined over all of them. */
export interface ReceiverReport {
  /** `https://example.org:8443` */
  readonly origin: string;
  /** `open`: nothing is sent; `half-open`: one probe is in flight. */
  readonly circuit: "closed" | "half-open" | "open";
  /** Consecutive failures; null unless the circuit is closed. */
  readonly failures: number | null;
  /** When the circuit next lets a probe through. */
  readonly openUntil: Date | null;
  readonly underWay: number;
  /** Moving average of its response time; null before the first response. */
  readonly answerMs: number | null;
  readonly deliveredAt: Date | null;
  readonly failedAt: Date | null;
}

/** Stores the reports of a process and replaces its earlier ones. */
export async function reportReceivers(db: Db, process: string, reports: readonly ReceiverReport[]): Promise<void> {
  if (reports.length === 0) return;
  const column = <T>(read: (report: ReceiverReport) => T) => reports.map(read);
  const instants = (read: (report: ReceiverReport) => Date | null) =>
    textArray(column((report) => read(report)?.toISOString() ?? null));
  await db.execute(sql`
    insert into receiver_reports
      (origin, process, circuit, failures, open_until, under_way, answer_ms, delivered_at, failed_at)
    select origin, ${process}::uuid, circuit, failures, open_until, under_way, answer_ms, delivered_at, failed_at
    from unnest(
      ${textArray(column(({ origin }) => origin))}::text::text[],
      ${textArray(column(({ circuit }) => circuit))}::text::text[],
      ${plainArray(column(({ failures }) => failures))}::text::int[],
      ${instants(({ openUntil }) => openUntil)}::text::timestamptz[],
      ${plainArray(column(({ underWay }) => underWay))}::text::int[],
      ${plainArray(column(({ answerMs }) => answerMs))}::text::float8[],
      ${instants(({ deliveredAt }) => deliveredAt)}::text::timestamptz[],
      ${instants(({ failedAt }) => failedAt)}::text::timestamptz[])
    as report (origin, circuit, failures, open_until, under_way, answer_ms, delivered_at, failed_at)
    on conflict (origin, process) do update set circuit = excluded.circuit, failures = excluded.failures,
      open_until = excluded.open_until, under_way = excluded.under_way, answer_ms = excluded.answer_ms, delivered_at = excluded.delivered_at,
      failed_at = excluded.failed_at, reported_at = now()`);
}

/** Removes a process's reports on receivers it no longer knows, and all reports of processes that have ended. */
export async function removeStaleReports(db: Db, process: string, known: readonly string[]): Promise<void> {
  await db.execute(sql`
    delete from receiver_reports
    where (process = ${process}::uuid and origin <> all(${textArray(known)}::text::text[]))
      or reported_at < now() - interval '5 minutes'`);
}

/** Lists receivers with the reports of all processes combined, open circuits first. */
export async function listReceiverReports(db: Db, limit: number): Promise<ReceiverReport[]> {
  const rows = rowsOf<ReportRow>(
    await db.execute(sql`
      select origin, (array['closed', 'half-open', 'open'])[max(severity)] as circuit, max(failures) as failures,
        max(open_until) as open_until, sum(under_way)::int as under_way, avg(answer_ms) as answer_ms, max(delivered_at) as delivered_at,
        max(failed_at) as failed_at
      from (
        select *, case circuit when 'open' then 3 when 'half-open' then 2 else 1 end as severity from receiver_reports
        where reported_at > now() - interval '1 minute'
      ) as report
      group by origin
      order by max(severity) desc, greatest(max(delivered_at), max(failed_at)) desc nulls last, origin
      limit ${limit}`),
  );
  return rows.map((row) => ({
    origin: row.origin,
    circuit: row.circuit,
    failures: row.failures,
    openUntil: toDate(row.open_until),
    underWay: row.under_way,
    answerMs: row.answer_ms,
    deliveredAt: toDate(row.delivered_at),
    failedAt: toDate(row.failed_at),
  }));
}

interface ReportRow {
  readonly origin: string;
  readonly circuit: ReceiverReport["circuit"];
  readonly failures: number | null;
  readonly open_until: string | null;
  readonly under_way: number;
  readonly answer_ms: number | null;
  readonly delivered_at: string | null;
  readonly failed_at: string | null;
}

function toDate(instant: string | null): Date | null {
  return instant === null ? null : new Date(instant);
}
