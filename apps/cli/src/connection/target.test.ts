import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { contextsFile, readContexts, writeContexts } from "./contexts.ts";
import { findTarget } from "./target.ts";

let home: string;
let environment: Record<string, string>;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "strategy-executor-home-"));
  environment = { HOME: home };
});
afterEach(() => rm(home, { recursive: true, force: true }));

const work = { url: "https://desk.example", api_key: "sx_work" };
const lab = { url: "https://lab.example/base", api_key: "sx_lab" };

describe("the service that is spoken to", () => {
  it("is the default one where nothing is said, without a key", async () => {
    expect(await findTarget({}, environment)).toEqual({
      url: "http://localhost:8000",
      apiKey: undefined,
      chosen: false,
    });
  });

  it("is named by the options, then the environment, then the context in use", async () => {
    await writeContexts(environment, { current: "work", contexts: { work, lab } });
    expect(await findTarget({}, environment)).toEqual({ url: work.url, apiKey: "sx_work", chosen: true });
    expect(await findTarget({ context: "lab" }, environment)).toMatchObject({ url: lab.url, apiKey: "sx_lab" });
    const other = { ...environment, STRATEGY_EXECUTOR_URL: "http://other:1/" };
    expect(await findTarget({}, other)).toEqual({ url: "http://other:1", apiKey: undefined, chosen: true });
    expect(await findTarget({ url: "http://option" }, other)).toMatchObject({
      url: "http://option",
      apiKey: undefined,
    });
  });

  it("gets a stored key only at the address it was stored with", async () => {
    await writeContexts(environment, { current: "work", contexts: { work, lab } });
    for (const url of [
      "https://desk.example.evil",
      "http://desk.example",
      "https://lab.example",
      "https://desk.example:8443",
    ])
      expect(await findTarget({ url }, environment)).toMatchObject({ apiKey: undefined });
    expect(await findTarget({ url: "https://elsewhere.example", context: "work" }, environment)).toMatchObject({
      apiKey: undefined,
    });
    expect(await findTarget({ url: work.url }, environment)).toMatchObject({ apiKey: "sx_work" });
    const given = { ...environment, STRATEGY_EXECUTOR_API_KEY: "sx_given" };
    expect(await findTarget({ url: "https://elsewhere.example" }, given)).toMatchObject({ apiKey: "sx_given" });
  });

  it("is refused when it has a bad address or an unknown name", async () => {
    await writeContexts(environment, { current: null, contexts: { work } });
    await expect(findTarget({ context: "wrok" }, environment)).rejects.toThrow(
      "There is no context wrok (Did you mean work?)",
    );
    await expect(findTarget({ context: "toString" }, environment)).rejects.toThrow("There is no context toString");
    await expect(findTarget({}, { ...environment, STRATEGY_EXECUTOR_URL: "localhost" })).rejects.toThrow(
      "STRATEGY_EXECUTOR_URL",
    );
  });
});

describe("the file of contexts", () => {
  it("can be read by nobody else, also when it could be before", async () => {
    await writeContexts(environment, { current: "work", contexts: { work } });
    const path = contextsFile(environment);
    const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);
    expect(await modeOf(path)).toBe("600");
    expect(await modeOf(dirname(path))).toBe("700");
    await writeFile(path, "{}", { mode: 0o644 });
    await writeContexts(environment, { current: null, contexts: {} });
    expect(await modeOf(path)).toBe("600");
    expect(await readContexts(environment)).toEqual({ current: null, contexts: {} });
  });

  it("is refused when it is damaged", async () => {
    await writeContexts(environment, { current: null, contexts: {} });
    await writeFile(contextsFile(environment), "{");
    await expect(readContexts(environment)).rejects.toThrow("is damaged");
  });
});
