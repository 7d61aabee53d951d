import { relative } from "node:path";
import type { Reporter, TestModule } from "vitest/node";

const shown = 10;

/** A reporter of Vitest that ends each run of several files with those that took longest, in seconds of loading and testing. */
export const slowestFiles: Reporter = {
  onTestRunEnd(modules) {
    if (modules.length <= 1) return;
    const slowest = modules.toSorted((a, b) => secondsOf(b) - secondsOf(a)).slice(0, shown);
    const lines = slowest.map((module) => `${secondsOf(module).toFixed(1).padStart(7)} s  ${nameOf(module)}`);
    process.stdout.write(`\nSlowest files:\n${lines.join("\n")}\n`);
  },
};

function secondsOf(module: TestModule): number {
  const { collectDuration, setupDuration, duration } = module.diagnostic();
  return (collectDuration + setupDuration + duration) / 1000;
}

function nameOf(module: TestModule): string {
  return relative(module.project.vitest.config.root, module.moduleId);
}
