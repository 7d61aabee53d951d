import type { BenchOptions, Figures } from "../bench.ts";
import { filteredFeeds } from "./feeds.ts";
import { terminalStreams } from "./streams.ts";

/** What streams of single executions wait for, and what feeds with filters cost. */
export async function live(options: BenchOptions): Promise<Figures> {
  return { ...(await terminalStreams(options)), ...(await filteredFeeds(options)) };
}
