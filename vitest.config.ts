import { defineConfig } from "vitest/config";

export default defineConfig({
  // Packages as Node resolves them: what they have for bundlers would be a second instance beside the one others import.
  resolve: { mainFields: ["main"], extensions: [".js", ".json"] },
  test: {
    include: ["{apps,packages}/*/src/**/*.test.ts", "examples/**/*.test.ts"],
    globalSetup: ["packages/db/src/testing/setup.ts"],
    reporters: process.env["CI"]
      ? ["default", ["json", { outputFile: "node_modules/.vitest/results.json" }]]
      : ["default"],
    // Many tests wait, for a heartbeat or a browser, and leave the cores idle meanwhile.
    maxWorkers: 4,
    // A quarter of the work would be to load the same modules anew for each file.
    isolate: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
