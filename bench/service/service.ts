import type { BenchOptions, Figures } from "../bench.ts";
import { engineShare } from "./engine-share.ts";
import { realExecutions } from "./real-executions.ts";
import { startRoundTrips } from "./round-trips.ts";

/**
 * From submission to callback, with server, load generator and receiver in separate processes: first real executions, then
 * the engine's share. Fails if anything is lost.
 */
export async function service(options: BenchOptions): Promise<Figures> {
  await using trips = await startRoundTrips();
  return { ...(await realExecutions(options, trips)), ...(await engineShare(options, trips)) };
}
