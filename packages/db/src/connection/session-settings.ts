/**
 * Of every session, on both databases. A statement prepared while a table is nearly empty would go on reading all of it until
 * the next analyze. To plan some of them anew for each set of parameters, as PostgreSQL would, takes several times as long as
 * to run them; a plan for any takes a limit that it does not know for a tenth of the table, for which it would start processes
 * that help.
 */
export const sessionSettings = {
  enable_seqscan: "off",
  plan_cache_mode: "force_generic_plan",
  max_parallel_workers_per_gather: "0",
} as const;
