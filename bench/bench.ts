export interface BenchOptions {
  readonly database: "pglite" | "postgres";
  /** Whether to measure less, for a first impression. */
  readonly quick: boolean;
  /** What the service benches execute. */
  readonly strategy: string;
  /** Submissions offered each second; the bench's own choice when absent. */
  readonly rate?: number | undefined;
  /** Executions that wait before the draining of them is measured; the bench's own choice when absent. */
  readonly backlog?: number | undefined;
}

/** What was measured, by a name that holds the unit. */
export type Figures = Readonly<Record<string, number>>;

export type Bench = (options: BenchOptions) => Promise<Figures>;
