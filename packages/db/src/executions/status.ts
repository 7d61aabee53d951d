export type ExecutionStatus = "pending" | "running" | "completed" | "failed" | "cancelled";
export type TerminalStatus = Exclude<ExecutionStatus, "pending" | "running">;
