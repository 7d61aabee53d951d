import { defineConfig } from "vitest/config";
import { slowestFiles } from "./scripts/slowest-files.ts";

const tests = ["{apps,packages}/*/src/**/*.test.ts", "examples/**/*.test.ts"];
/** What needs a browser, killed servers, a package registry, many examples or minutes: `npm run test:all`. */
const longTests = [
  "{apps,packages}/*/src/**/*.long.test.ts",
  "examples/**/*.long.test.ts",
  "packaging/**/*.long.test.ts",
];
/** Packages that depend on each other hold links to their files, so that tests would run twice. */
const linked = ["**/node_modules/**"];

/** The quick tests run on PostgreSQL. `npm run test:all` runs them on the embedded database as well. */
const quickDatabases = (process.env["TEST_DATABASES"] ?? "postgres").split(",") as ("pglite" | "postgres")[];

/** What changes the checkout for a moment. */
const checkoutTests = ["packaging/in-place.long.test.ts"];

/** What measures the heap of its process, which other tests would share. */
const heapTests = ["packages/client/src/exactly-once.long.test.ts"];

// For the processes and threads that tests start: otherwise each compiles some hundred modules anew.
process.env["NODE_COMPILE_CACHE"] ??= `${import.meta.dirname}/node_modules/.cache/node`;

export default defineConfig({
  // Packages as Node resolves them: their builds for bundlers would be loaded as a second instance.
  resolve: { mainFields: ["main"], extensions: [".js", ".json"] },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "quick",
          include: tests,
          exclude: [...linked, ...longTests],
          provide: { databases: quickDatabases },
        },
      },
      {
        extends: true,
        test: {
          name: "long",
          include: longTests,
          exclude: [...linked, ...checkoutTests, ...heapTests],
          provide: { databases: ["pglite", "postgres"] },
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "long, alone in a process",
          include: heapTests,
          isolate: true,
          provide: { databases: ["pglite", "postgres"] },
        },
      },
      {
        extends: true,
        test: {
          name: "long, after all others",
          include: checkoutTests,
          sequence: { groupOrder: 1 },
        },
      },
    ],
    globalSetup: ["packages/db/src/testing/setup.ts"],
    setupFiles: ["scripts/property-tests.ts"],
    reporters: process.env["CI"]
      ? [
          "default",
          ["json", { outputFile: process.env["TEST_RESULTS"] ?? "node_modules/.vitest/results.json" }],
          slowestFiles,
        ]
      : ["default", slowestFiles],
    // Many tests wait for a heartbeat or a browser and leave the cores idle meanwhile.
    maxWorkers: 4,
    // Loading the same modules again for each file would be a quarter of the work.
    isolate: false,
    // Far more than tests take: a busy machine starts a server in half a minute.
    testTimeout: 150_000,
    hookTimeout: 150_000,
    expect: { poll: { timeout: 30_000 } },
  },
});
