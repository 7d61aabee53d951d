/**
 * Settings of every session, on both databases. A statement prepared while a table is nearly empty would use sequential scans
 * until the next analyze. Custom plans cost several times as much as running the statement, so plans are generic. Generic
 * plans assume that LIMIT returns 10 % of the rows and would start parallel workers. JIT would compile the large statements,
 * which look expensive without sequential scans, for longer than they run.
 */
export const sessionSettings = {
  enable_seqscan: "off",
  plan_cache_mode: "force_generic_plan",
  max_parallel_workers_per_gather: "0",
  jit: "off",
} as const;
