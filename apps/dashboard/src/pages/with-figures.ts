/** The pages with curves and figures. They are one file of the build, which is loaded with the library of the curves. */
export { Compare } from "./compare/compare.tsx";
export { ExecutionPage } from "./execution/execution.tsx";
export { TickerPage } from "./prices/ticker.tsx";
export { NewSweep } from "./sweeps/new-sweep.tsx";
export { SweepPage } from "./sweeps/sweep.tsx";
export { Sweeps } from "./sweeps/sweeps.tsx";
