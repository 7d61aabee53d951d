export interface BenchOptions {
  readonly database: "pglite" | "postgres";
  /** Whether to measure less, for a quick check. */
  readonly quick: boolean;
  /** Submissions per second; the bench's default when absent. */
  readonly rate?: number | undefined;
  /** Size of the backlog whose draining is measured; the bench's default when absent. */
  readonly backlog?: number | undefined;
}

/** Measured values by name; the name includes the unit. */
export type Figures = Readonly<Record<string, number>>;

export type Bench = (options: BenchOptions) => Promise<Figures>;
