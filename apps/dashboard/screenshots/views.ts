import type { Seeded } from "./seed.ts";

/** What is photographed, by the name of the file. */
export function viewsOf(made: Seeded): Readonly<Record<string, string>> {
  return {
    overview: "/",
    today: "/today",
    executions: "/executions",
    "executions-filtered": `/executions?strategy=BoldAssetAllocation&open=${made.allocation}`,
    "executions-empty": "/executions?label=nothing+is+called+this",
    execution: `/executions/${made.allocation}`,
    "execution-benchmark": `/executions/${made.allocation}?benchmark=SPY`,
    "execution-decisions": `/executions/${made.allocation}?tab=decisions`,
    "execution-trades": `/executions/${made.crossover}?tab=trades`,
    "execution-callback": `/executions/${made.allocation}?tab=callback`,
    "execution-parameters": `/executions/${made.allocation}?tab=parameters`,
    "execution-events": `/executions/${made.allocation}?tab=events`,
    "execution-json": `/executions/${made.allocation}?tab=json`,
    "execution-failed": `/executions/${made.failed}`,
    "execution-running": `/executions/${made.running}`,
    new: "/new?strategy=BoldAssetAllocation&p.variant=BAA-G4",
    compare: `/compare?ids=${made.allocation},${made.other},${made.crossover}`,
    "compare-empty": "/compare",
    sweeps: "/sweeps",
    sweep: `/sweeps/${made.sweep}`,
    "sweep-new": "/sweeps/new",
    schedules: "/schedules",
    schedule: `/schedules/${made.schedule}`,
    "schedule-new": "/schedules/new",
    deliveries: "/deliveries",
    prices: "/prices",
    "prices-ticker": "/prices/SPY",
    strategies: "/strategies",
    strategy: "/strategies/BoldAssetAllocation",
    settings: "/settings",
    "sign-in": "/sign-in",
    "not-found": "/no/such/page",
  };
}
