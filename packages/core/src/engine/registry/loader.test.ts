import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { afterAll, beforeAll, expect, it } from "vitest";

/**
 * Loads folders as the service does, in the main thread of a Node process of its own and in a worker thread, and runs every
 * strategy found. (Vitest resolves imports by itself, so nothing could be learned within it.) Each line of its input names a
 * folder, each of its output says what was found.
 */
const program = `
  import { once } from "node:events";
  import { createInterface } from "node:readline";
  import { isMainThread, parentPort, Worker } from "node:worker_threads";
  import { runStrategy } from ${JSON.stringify(new URL("../../backtest/run-strategy.ts", import.meta.url).href)};
  import { loadStrategies } from ${JSON.stringify(new URL("./loader.ts", import.meta.url).href)};
  import { strategyInstances } from ${JSON.stringify(new URL("./strategy-instances.ts", import.meta.url).href)};
  async function find(folder) {
    const { strategies, sources, refused } = await loadStrategies(folder);
    const { instanceOf } = strategyInstances(sources);
    const runs = {};
    for (const { name } of strategies) {
      const run = async () => runStrategy(await instanceOf(name), {}, undefined).catch(String);
      runs[name] = await run();
      if (JSON.stringify(await run()) !== JSON.stringify(runs[name])) throw new Error(name + " has another result the second time");
    }
    return { names: strategies.map(({ name }) => name), refused, runs };
  }
  if (isMainThread) {
    const worker = new Worker(new URL(import.meta.url));
    for await (const folder of createInterface({ input: process.stdin })) {
      const found = await find(folder);
      worker.postMessage(folder);
      const [inWorker] = await once(worker, "message");
      console.log(JSON.stringify({ found, inWorker }));
    }
    await worker.terminate();
  } else parentPort.on("message", async (folder) => parentPort.postMessage(await find(folder)));
`;

interface Found {
  names: string[];
  refused: { file: string; reason: string }[];
  runs: Record<
    string,
    { result: { return: number; portfolio: { mode: string } }; series: { weights: { mode: string }[] } }
  >;
}

let root: string;
let loader: ChildProcessByStdio<Writable, Readable, null>;
let answers: AsyncIterator<string>;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "strategies-"));
  await writeFile(join(root, "program.mjs"), program);
  loader = spawn(process.execPath, [join(root, "program.mjs")], { stdio: ["pipe", "pipe", "inherit"] });
  answers = createInterface({ input: loader.stdout })[Symbol.asyncIterator]();
});
afterAll(async () => {
  const ended = once(loader, "close");
  loader.stdin.end();
  await ended;
  await rm(root, { recursive: true });
});

async function load(files: Record<string, string>): Promise<Found> {
  const folder = await mkdtemp(join(root, "folder-"));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return loadFolder(folder);
}

async function loadFolder(folder: string): Promise<Found> {
  loader.stdin.write(`${folder}\n`);
  const { done, value } = await answers.next();
  if (done === true) throw new Error("The program that loads strategies has ended");
  const { found, inWorker } = JSON.parse(value) as { found: Found; inWorker: Found };
  expect(inWorker).toEqual(found);
  return found;
}

const strategy = (name: string, change = "") => `
  import { z } from "zod";
  import { defineStrategy } from "@strategy-executor/core";
  export const made = defineStrategy({
    name: "${name}", version: "1.0.0", description: "Holds SPY.", source: "A test", parameters: z.object({}),
    schedule: "month-end", defaultFill: "same_close", universe: () => ["SPY"], history: () => ({ months: 0 }),
    decide: () => ({ weights: { SPY: 1 }, because: "always" }),
    ${change}
  });
`;

it("loads and runs the strategies that the guide writes", async () => {
  const guide = readFileSync(new URL("../../../../../docs/write-a-strategy.md", import.meta.url), "utf8");
  const codes = [...guide.matchAll(/```(?:ts|js)\n(.*?)```/gs)].map(([, code]) => code!);
  const [portfolio, momentum, breakout] = codes as [string, string, string];
  const { names, refused, runs } = await load({
    "my-portfolio.ts": portfolio,
    "my-dual-momentum.ts": momentum,
    "my-breakout.js": breakout,
  });
  expect({ names, refused }).toEqual({ names: ["MyBreakout", "MyDualMomentum", "MyPortfolio"], refused: [] });
  const modes = runs.MyDualMomentum!.series.weights.map(({ mode }) => mode);
  expect(new Set(modes)).toEqual(new Set(["stocks", "shelter"]));
  expect(runs.MyBreakout!.series.weights.length).toBeGreaterThan(10);
  // The first purchase, and the ends of 2004 to 2024.
  expect(runs.MyPortfolio!.series.weights).toHaveLength(22);
});

it("loads named and default exports, ES modules and CommonJS, with helpers in a subfolder", async () => {
  const commonJs = strategy("Common")
    .replace(/import (.*) from (.*);/g, "const $1 = require($2);")
    .replace("export const made =", "module.exports =");
  const { names, refused } = await load({
    "a.mts": strategy("Modern"),
    "b.js": commonJs,
    "c.ts": `import { helped } from "./lib/helper.ts"; export default helped; export const alias = helped; export const other = 1;`,
    "lib/helper.ts": strategy("Helped").replace("made", "helped"),
    "d.mjs": `${strategy("Twin")} export const second = defineStrategy({ ...made, name: "OtherTwin", parameters: z.object({}), defaultFill: "next_close" });`,
    "e.test.ts": "throw new Error('a test is not loaded')",
    "e.d.ts": "export declare const nothing: 1;",
    "notes.md": "nor are notes",
  });
  expect({ names, refused }).toEqual({ names: ["Modern", "Common", "Helped", "Twin", "OtherTwin"], refused: [] });
});

it("refuses with file and reason, and loads the rest", async () => {
  const { names, refused } = await load({
    "a-throws.ts": "throw new Error('boom')",
    "b-none.ts": "export const answer = 42;",
    "c-syntax.js": "export const = 1",
    "d-syntax.ts": "import './lib/broken.ts';",
    "lib/broken.ts": "export const a = {\n}};",
    "d-unknown.ts": "import { nope } from 'zod'; export const a = nope;",
    "e-file.ts": "import './nowhere.ts';",
    "e-package.ts": "import 'no-such-package';",
    "f-invalid.ts": strategy("Invalid", 'schedule: "weekly",'),
    "f-invalid-beside-good.ts": `${strategy("Neighbour")} export const broken = defineStrategy({ ...made, name: "no name" });`,
    "g-good.ts": strategy("Good"),
    "h-twice.ts": strategy("Good"),
    "i-built-in.ts": strategy("BoldAssetAllocation"),
  });
  expect(names).toEqual(["Neighbour", "Good"]);
  expect(refused).toEqual([
    { file: "a-throws.ts", reason: "Error: boom" },
    { file: "b-none.ts", reason: "TypeError: It exports nothing made by defineStrategy" },
    { file: "c-syntax.js", reason: expect.stringMatching(/^SyntaxError: /) },
    { file: "d-syntax.ts", reason: 'SyntaxError: Unexpected "}" (lib/broken.ts, line 2)' },
    {
      file: "d-unknown.ts",
      reason: expect.stringMatching(/^SyntaxError: The module zod does not provide .* named nope$/),
    },
    { file: "e-file.ts", reason: 'Error: Could not resolve "./nowhere.ts" (e-file.ts, line 1)' },
    { file: "e-package.ts", reason: "Error: Cannot find package 'no-such-package' (e-package.ts, line 1)" },
    {
      file: "f-invalid-beside-good.ts",
      reason: expect.stringMatching(/^TypeError: Strategy no name: name must start/),
    },
    {
      file: "f-invalid.ts",
      reason: expect.stringMatching(/^TypeError: Strategy Invalid: schedule must be one of daily, week-end, month-end/),
    },
    { file: "h-twice.ts", reason: "The name Good is taken by g-good.ts" },
    { file: "i-built-in.ts", reason: "The name BoldAssetAllocation is taken by a built-in strategy" },
  ]);
});

it("gives files their place, other formats and top-level await, as Node does", async () => {
  const { names, refused } = await load({
    "place.ts": `
      import { readFileSync } from "node:fs";
      import { createRequire } from "node:module";
      import settings from "./lib/settings.json" with { type: "json" };
      import { twice } from "./lib/first.ts";
      const require = createRequire(import.meta.url);
      const { answer } = require("./lib/old.cjs");
      const { late } = await import("./lib/late.ts");
      const read = JSON.parse(readFileSync(new URL("lib/settings.json", import.meta.url), "utf8"));
      enum Kind { Own = "own" }
      ${strategy("Place", "family: Kind.Own, version: [settings.version, read.version, answer, late, twice(2)].join()")}
      if (made.version !== "1,1,42,9,4") throw new Error(made.version);`,
    "lib/settings.json": '{ "version": 1 }',
    "lib/old.cjs": "exports.answer = require('node:path').basename(__filename) === 'old.cjs' ? 42 : 0;",
    "lib/late.ts": "export const late = await Promise.resolve(9);",
    "lib/first.ts":
      'import { factor } from "./second.ts"; export const twice = (n: number) => n * factor(); export const two = 2;',
    "lib/second.ts": 'import { two } from "./first.ts"; export const factor = () => two;',
  });
  expect({ names, refused }).toEqual({ names: ["Place"], refused: [] });
});

it("gives each run variables of its own, those of helper files too", async () => {
  const changing = (what: string) =>
    `schedule: "daily", history: () => ({ days: 1 }), decide: () => ({ weights: ${what} ? { SPY: 1 } : {}, because: "" }),`;
  const { runs } = await load({
    "own.ts": `let isIn = false;\nconst flip = () => (isIn = !isIn);\n${strategy("Own", changing("flip()"))}`,
    "helped.ts": `import { count } from "./lib/count.ts";\n${strategy("Helped", changing("count() % 3 === 1"))}`,
    "lib/count.ts": "let seen = 0;\nexport const count = () => (seen += 1);",
  });
  // The program that loads the folder compares two runs of each.
  expect(runs.Own!.series.weights.length).toBeGreaterThan(5_000);
  expect(runs.Helped!.series.weights.length).toBeGreaterThan(3_000);
});

it("lets no strategy use chance, the clock or timers to decide", async () => {
  const uses: Record<string, string> = {
    MathRandom: "Math.random()",
    GlobalRandom: "globalThis.Math.random()",
    DateNow: "Date.now()",
    NewDate: "new Date()",
    DateText: "Date()",
    Timeout: "setTimeout(() => {}, 1)",
    Interval: "setInterval(() => {}, 1)",
    Immediate: "setImmediate(() => {})",
    NamedTimeout: "timeout(() => {}, 1)",
    PromisedTimeout: "later(1)",
    Performance: "performance.now()",
    Uuid: "crypto.randomUUID()",
    RandomInt: "randomInt(9)",
    Packaged: "chance()",
  };
  const file = `
    import { randomInt } from "node:crypto";
    import { setTimeout as timeout } from "node:timers";
    import { setTimeout as later } from "node:timers/promises";
    import { chance } from "chance";
    const startedAt = Date.now() + Math.random();
    ${Object.entries(uses)
      .map(([name, use]) => strategy(name, `decide: () => ({ weights: {}, because: String(${use}) }),`))
      .join("\n")
      .replaceAll("export const made", "export const made_")
      .replaceAll(/made_ = defineStrategy\(\{\s+name: "(\w+)"/g, '$1 = defineStrategy({ name: "$1"')
      .replaceAll(/ {2}import .*;\n/g, "")}`;
  const { runs, refused } = await load({
    "uses.ts": `import { z } from "zod"; import { defineStrategy } from "@strategy-executor/core/strategy";\n${file}`,
    "given.ts": strategy("GivenDate", "decide: ({ day }) => ({ weights: {}, because: new Date(day).toISOString() }),"),
    "listed.ts": strategy("Listed", "decide: () => ({ weights: {}, because: `own: ${Object.keys(Math)}` }),"),
    "node_modules/chance/package.json": '{ "name": "chance", "type": "module", "exports": "./index.js" }',
    "node_modules/chance/index.js": "export const chance = () => Math.random();",
  });
  expect(refused).toEqual([]);
  expect(runs["GivenDate"]).toMatchObject({ result: { strategy: "GivenDate" } });
  // With `Math.random` among them, V8 would look up `Math.exp` by its name at each call, in built-in strategies too.
  expect(JSON.stringify(runs["Listed"])).toContain('"because":"own: "');
  for (const name of Object.keys(uses)) {
    expect(runs[name]).toMatch(
      new RegExp(
        `^StrategyError: ${name} failed on 2004-01-30: .* cannot be used to decide, because the same parameters`,
      ),
    );
  }
});

it("follows links, leaves installed packages their own dependencies and prefers the service's zod", async () => {
  const elsewhere = await mkdtemp(join(root, "elsewhere-"));
  await writeFile(join(elsewhere, "real.ts"), strategy("Linked"));
  const folder = await mkdtemp(join(root, "folder-"));
  await symlink(join(elsewhere, "real.ts"), join(folder, "link.ts"));
  const packages = join(folder, "node_modules");
  for (const [name, text] of [
    ["zod", "export const z = 'the folder has a zod of its own';"],
    ["toolbox", "import { z } from 'zod'; export const seen = z;"],
  ] as const) {
    await mkdir(join(packages, name), { recursive: true });
    await writeFile(
      join(packages, name, "package.json"),
      JSON.stringify({ name, type: "module", exports: "./index.js" }),
    );
    await writeFile(join(packages, name, "index.js"), text);
  }
  await writeFile(
    join(folder, "uses.ts"),
    `import { seen } from "toolbox";\n${strategy("Uses", "description: seen,")}\nif (made.description !== "the folder has a zod of its own") throw new Error(made.description);`,
  );
  const { names, refused } = await loadFolder(folder);
  expect({ names, refused }).toEqual({ names: ["Linked", "Uses"], refused: [] });
});
