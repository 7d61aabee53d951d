/** The parameters that every strategy has. */
export const commonNames: ReadonlySet<string> = new Set([
  "initial_capital",
  "use_real_data",
  "start_date",
  "end_date",
  "prices_until",
  "fill",
  "cost_bps",
  "seed",
  "benchmark",
  "risk_free",
]);
