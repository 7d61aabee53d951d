import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startReceiver } from "@strategy-executor/core/testing";
import { createTestDatabase, type TestDatabase } from "@strategy-executor/db/testing";
import { makeApiKey, startTestServer } from "@strategy-executor/server/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contextsFile } from "./connection/contexts.ts";
import { type Finished, run } from "./testing/run-cli.ts";

const stack = new AsyncDisposableStack();
let database: TestDatabase;
let address: string;
/** Execution numbers that the tests read. */
let allocation: number;
let crossover: number;

beforeAll(async () => {
  database = stack.use(await createTestDatabase("pglite"));
  ({ address } = stack.use(await startTestServer(database.options)));
  allocation = idOf(await cli("run", "BoldAssetAllocation", "-p", "variant=BAA-G4"));
  crossover = idOf(await cli("run", "MovingAverageCrossover", "-p", "symbol=005930", "-p", "short_window=10"));
});
afterAll(() => stack.disposeAsync());

function cli(...args: string[]): Promise<Finished> {
  return run(args, { environment: { STRATEGY_EXECUTOR_URL: address } });
}

async function answerOf<T>(path: string): Promise<T> {
  return (await (await fetch(`${address}${path}`)).json()) as T;
}

describe("run", () => {
  it("prints the state first, then figures and decision, and nothing on the error output", async () => {
    const { code, out, err } = await cli("run", "BoldAssetAllocation", "-p", "variant=BAA-G4");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const lines = out.split("\n");
    expect(lines[0]).toMatch(/^Execution \d+ completed$/);
    expect(out).toMatch(/^final value +[\d,]+\.\d\d$/m);
    expect(out).toMatch(/^return +-?\d+\.\d\d%$/m);
    expect(out).toMatch(/^because +no canary is negative/m);
    expect(out).toMatch(/^ {2}[A-Z]+ +\d+\.\d\d%$/m);
  });

  it("prints the number alone with --no-wait, and the answer of getExecution with --json", async () => {
    const { out } = await cli("run", "BoldAssetAllocation", "--no-wait");
    expect(out).toMatch(/^\d+\n$/);
    await cli("watch", out.trim());
    const json = await cli("run", "BoldAssetAllocation", "--json");
    const execution = JSON.parse(json.out) as { execution_id: number };
    expect(execution).toEqual(await answerOf(`/executions/${execution.execution_id}/`));
  });

  it("follows the schema in what it passes", async () => {
    expect(await answerOf(`/executions/${crossover}/`)).toMatchObject({
      execution_parameters: { symbol: "005930", short_window: 10 },
    });
  });

  it("takes parameters from a file and from standard input, under those of the command line", async () => {
    const folder = await mkdtemp(join(tmpdir(), "strategy-executor-cli-"));
    try {
      await writeFile(join(folder, "p.json"), '{"variant": "BAA-G12", "seed": 7}');
      const fromFile = await cli(
        "run",
        "BoldAssetAllocation",
        "--params",
        join(folder, "p.json"),
        "-p",
        "variant=BAA-G4",
        "--json",
      );
      expect(JSON.parse(fromFile.out)).toMatchObject({ execution_parameters: { variant: "BAA-G4", seed: 7 } });
    } finally {
      await rm(folder, { recursive: true });
    }
    const environment = { STRATEGY_EXECUTOR_URL: address };
    const piped = await run(["run", "BoldAssetAllocation", "--params", "-", "--json"], {
      environment,
      input: '{"seed": 9}',
    });
    expect(JSON.parse(piped.out)).toMatchObject({ execution_parameters: { seed: 9 } });
  });

  it("makes one execution of two submissions with one key", async () => {
    const submit = () => cli("run", "BoldAssetAllocation", "--no-wait", "--idempotency-key", "once");
    expect((await submit()).out).toBe((await submit()).out);
  });

  it("ends with 1 and the message when the execution fails", async () => {
    const { code, out, err } = await cli("run", "BoldAssetAllocation", "-p", "variant=INVALID");
    expect(code).toBe(1);
    expect(out).toMatch(/^Execution \d+ failed\n$/);
    expect(err).toMatch(/^error: Unknown variant: INVALID\. Available variants: BAA-G12/);
  });
});

describe("looking", () => {
  it("lists as a table with one line of heads, as CSV and as the API answers", async () => {
    const { out } = await cli("ls", "--strategy", "MovingAverageCrossover");
    const [heads, ...rows] = out.trimEnd().split("\n");
    expect(heads!.trim().split(/ {2,}/).slice(0, 3)).toEqual(["execution_id", "status", "strategy"]);
    expect(rows[0]!.trim()).toMatch(new RegExp(`^${crossover} +completed +MovingAverageCrossover`));
    const csv = (await cli("ls", "--csv", "--limit", "2")).out.trimEnd().split("\n");
    expect(csv[0]).toMatch(/^execution_id,status,strategy,/);
    expect(csv).toHaveLength(3);
    const json = await cli("ls", "--json", "--limit", "2");
    expect(JSON.parse(json.out)).toEqual(await answerOf("/executions/?limit=2"));
    expect(json.err).toBe("");
  });

  it("says beside the list how to go on, and goes on", async () => {
    const first = await cli("ls", "--limit", "1");
    const cursor = /--cursor (\S+)\n$/.exec(first.err)![1]!;
    const second = await cli("ls", "--limit", "1", "--cursor", cursor, "--json");
    expect(JSON.parse(second.out)).toEqual(await answerOf(`/executions/?limit=1&cursor=${cursor}`));
  });

  const reads: [string, () => string[], () => string][] = [
    ["show", () => [String(allocation)], () => `/executions/${allocation}/`],
    ["series", () => [String(allocation)], () => `/executions/${allocation}/series/`],
    ["strategies ls", () => [], () => "/strategies/"],
    ["strategies show", () => ["BoldAssetAllocation"], () => "/strategies/BoldAssetAllocation/"],
    ["prices ls", () => [], () => "/prices/"],
    ["secrets ls", () => [], () => "/signing-secrets/"],
    ["callbacks receivers", () => [], () => "/receivers/"],
    ["attempts", () => [String(allocation)], () => `/executions/${allocation}/attempts/`],
    ["queue", () => [], () => "/queue/"],
    ["sweep ls", () => [], () => "/sweeps/"],
  ];

  it.each(reads)("%s --json is the answer of the API", async (command, args, path) => {
    const { code, out, err } = await cli(...command.split(" "), ...args(), "--json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(JSON.parse(out)).toEqual(await answerOf(path()));
  });

  it("lists workers, attempts and what waits", async () => {
    const [workers, attempts, queue] = [
      await cli("workers"),
      await cli("attempts", String(allocation)),
      await cli("queue"),
    ];
    expect(workers.out).toMatch(/^worker_id +name +version +state .*\n *\d+ +\S+\/\d+ +\d+\.\d+\.\d+ +alive /);
    expect(attempts.out).toMatch(/^number +status +worker_id .*\n *1 +completed +\d+ +\S+\/\d+ /);
    expect(queue.out).toMatch(/^queue +client +priority +depth +oldest_age_seconds/);
  });

  it("lists by states, kind, callback and time, as the API does", async () => {
    const filters: [string[], string][] = [
      [["--status", "failed,cancelled"], "status=failed,cancelled"],
      [["--kind", "sweep"], "kind=sweep"],
      [["--callback", "none", "--since", "2020-01-01"], "callback=none&since=2020-01-01T00:00:00.000Z"],
      [["--until", "2020-01-01"], "until=2020-01-01T00:00:00.000Z"],
    ];
    for (const [args, query] of filters)
      expect(JSON.parse((await cli("ls", ...args, "--json")).out)).toEqual(await answerOf(`/executions/?${query}`));
    expect(await cli("ls", "--status", "faild")).toMatchObject({
      code: 2,
      err: expect.stringContaining("(Did you mean failed?)"),
    });
  });

  it("shows an execution, its series and a comparison of what differs only", async () => {
    expect((await cli("show", String(allocation))).out).toMatch(/^parameters +variant=BAA-G4 /m);
    const { out } = await cli("series", String(allocation), "--every", "1000", "--csv");
    expect(out.split("\n")[1]).toMatch(/^2005-01-31,100000,0$/);
    const other = String(idOf(await cli("run", "BoldAssetAllocation", "-p", "variant=BAA-G12")));
    const compared = (await cli("compare", String(allocation), other, "--csv")).out.split("\n");
    expect(compared[0]).toBe(
      "execution_id,status,strategy,variant,final_value,return,cagr,volatility,sharpe,max_drawdown,trades",
    );
    expect(compared[1]).toMatch(new RegExp(`^${allocation},completed,BoldAssetAllocation,BAA-G4,\\d+\\.\\d+,`));
  });

  it("watches an execution in lines, or in one JSON text a line", async () => {
    const { out } = await cli("watch", String(allocation));
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/ +/)[2]),
    ).toEqual(["pending", "running", "completed"]);
    const events = (await cli("watch", String(allocation), "--json")).out.trimEnd().split("\n");
    expect(events.map((line) => (JSON.parse(line) as { kind: string }).kind)).toEqual(["event", "event", "event"]);
  });
});

describe("sweep", () => {
  it("follows, shows the best, and the whole table as CSV", async () => {
    const axes = ["--axis", "short_window=5..20:5", "--axis", "long_window=50,100"];
    const { code, out } = await cli("sweep", "MovingAverageCrossover", ...axes, "--best", "2");
    expect(code).toBe(0);
    expect(out).toMatch(/^Execution \d+ completed\n/);
    expect(out).toMatch(/^combinations +8$/m);
    expect(out).toMatch(/^ +1 +\d+ +\d+ +0\.\d\d /m);
    const id = String(idOf({ out } as Finished));
    expect(JSON.parse((await cli("sweep", "show", id, "--json")).out)).toEqual(await answerOf(`/sweeps/${id}/`));
    const csv = await (await fetch(`${address}/sweeps/${id}/table/`, { headers: { accept: "text/csv" } })).text();
    expect((await cli("sweep", "table", id, "--csv")).out).toBe(csv);
    const page = JSON.parse((await cli("sweep", "table", id, "--limit", "3", "--json")).out) as { rows: unknown[] };
    expect(page.rows).toHaveLength(3);
    const refused = await cli("sweep", "cancel", id);
    expect(refused.code).toBe(1);
  });

  it("says what is wrong with a grid", async () => {
    expect(await cli("sweep", "MovingAverageCrossover")).toMatchObject({
      code: 2,
      err: expect.stringContaining("--axis"),
    });
    const unknown = await cli("sweep", "MovingAverageCrossover", "--axis", "unheard_of=1..2");
    expect(unknown).toMatchObject({ code: 1, err: expect.stringContaining("has no parameter unheard_of") });
    const half = await cli("sweep", "MovingAverageCrossover", "--axis", "short_window=1,2", "--train", "100");
    expect(half).toMatchObject({ code: 2, err: expect.stringContaining("--test") });
  });
});

describe("schedule", () => {
  const when = ["--days", "month_end", "--exchange", "XKRX", "--after-close", "30"];

  it("is created, shown, paused, resumed, triggered, backfilled and deleted", async () => {
    const made = await cli("schedule", "create", "Month end", "--strategy", "BoldAssetAllocation", ...when, "--json");
    const { schedule_id } = JSON.parse(made.out) as { schedule_id: number };
    const id = String(schedule_id);
    expect(JSON.parse(made.out)).toEqual(await answerOf(`/schedules/${id}/`));
    expect((await cli("schedule", "show", id)).out).toMatch(
      new RegExp(`^Schedule ${id} active\nname +Month end\n[^]*^fire_at +origin`, "m"),
    );
    expect(JSON.parse((await cli("schedule", "ls", "--json")).out)).toEqual(await answerOf("/schedules/"));
    expect((await cli("schedule", "pause", id, "--note", "holiday")).out).toBe(`Schedule ${id} paused\n`);
    expect((await cli("schedule", "ls")).out).toMatch(new RegExp(`^ *${id} +Month end +BoldAssetAllocation +- `, "m"));
    expect((await cli("schedule", "trigger", id)).out).toMatch(new RegExp(`^Schedule ${id} triggered at `));
    expect((await cli("schedule", "show", id, "--csv")).out).toMatch(/^fire_at,origin,.*\n[^,]+,trigger,/);
    const period = ["--from", "2024-01-01", "--to", "2024-03-31"];
    expect((await cli("schedule", "backfill", id, ...period)).out).toBe("3 runs made\n");
    expect((await cli("schedule", "resume", id)).out).toMatch(new RegExp(`^Schedule ${id} active, next 20`));
    expect(await cli("schedule", "rm", id)).toMatchObject({ code: 2, out: "" });
    expect((await cli("schedule", "rm", id, "--yes")).out).toBe(`Schedule ${id} deleted\n`);
    expect((await cli("schedule", "show", id)).code).toBe(1);

    const webhook = "http://127.0.0.1:4321/services/secret";
    const early = ["--strategy", "BoldAssetAllocation", "--days", "every_session", "--before-close", "15"];
    expect(await cli("schedule", "create", "Slack", ...early, "--format", "slack")).toMatchObject({ code: 2, out: "" });
    const told = [...early, "--callback", webhook, "--format", "slack", "--max-attempts", "5"];
    const slack = await cli("schedule", "create", "Slack", ...told, "--json");
    expect(JSON.parse(slack.out)).toMatchObject({ callback: { url: webhook, format: "slack", max_attempts: 5 } });
    expect(slack.err).toContain("warning: Fires before XNYS closes on ");
  });

  it("is previewed as the API does it", async () => {
    const { code, out } = await cli("schedule", "preview", ...when, "--from", "2027-01-01", "--count", "2");
    expect(code).toBe(0);
    expect(
      out
        .trimEnd()
        .split("\n")
        .map((line) => line.split(/ {2,}/).slice(1)),
    ).toEqual([
      ["local", "trading_day"],
      ["2027-01-29T16:00:00+09:00", "2027-01-29"],
      ["2027-02-26T16:00:00+09:00", "2027-02-26"],
    ]);
    const cron = await cli("schedule", "preview", "--cron", "30 16 * * 1-5", "--zone", "Asia/Seoul", "--csv");
    expect(cron.out.split("\n")[0]).toBe("fire_at,local,trading_day");
  });

  it("says what is wrong with a rule", async () => {
    expect(await cli("schedule", "preview")).toMatchObject({ code: 2, err: expect.stringContaining("--days") });
    expect((await cli("schedule", "preview", "--days", "month_ends")).code).toBe(2);
    expect(await cli("schedule", "preview", "--cron", "nonsense")).toMatchObject({
      code: 1,
      err: expect.stringContaining("cron"),
    });
    expect((await cli("schedule", "preview", ...when, "--at", "16:30")).code).toBe(2);
  });

  it("tells what to hold today", async () => {
    expect(JSON.parse((await cli("today", "--json")).out)).toEqual(await answerOf("/today/"));
    expect((await cli("today", "--csv")).out).toMatch(/^schedule_id,name,decided_on,/);
  });
});

describe("cancel", () => {
  it("ends those named, and says of the others why not", async () => {
    const waiting = (await cli("run", "Slow", "-p", "milliseconds=60000", "--no-wait")).out.trim();
    const { code, out, err } = await cli("cancel", waiting, String(allocation));
    expect(code).toBe(1);
    expect(out).toBe(`Execution ${waiting} cancelled\n`);
    expect(err).toContain(`Execution ${allocation} has ended already`);
  });

  it("changes nothing by filter where nobody can be asked, and ends those that match with --yes", async () => {
    const submit = async (label: string) =>
      (await cli("run", "Slow", "-p", "milliseconds=60000", "--label", label, "--no-wait")).out.trim();
    const [one, other] = [await submit("nightly 1"), await submit("weekly")];
    const refused = await cli("cancel", "--label", "nightly");
    expect(refused).toMatchObject({ code: 2, out: "", err: expect.stringContaining("Cancel 1 execution?") });
    expect((await cli("cancel", "--strategy", "Slow", "--dry-run")).out).toBe("2 would be cancelled\n");
    expect((await cli("cancel", one, other, String(allocation), "--dry-run")).out).toBe("2 would be cancelled\n");
    expect(await answerOf(`/executions/${one}/`)).not.toMatchObject({ status: "cancelled" });
    expect((await cli("cancel", "--label", "nightly", "--yes")).out).toBe("1 cancelled\n");
    expect(await answerOf(`/executions/${one}/`)).toMatchObject({ status: "cancelled" });
    expect(await answerOf(`/executions/${other}/`)).not.toMatchObject({ status: "cancelled" });
    expect((await cli("cancel", "--status", "pending,running", "--yes")).out).toBe("1 cancelled\n");
    expect(await cli("cancel", "--strategy", "Slow", "--yes")).toMatchObject({ code: 0, out: "" });
    expect((await cli("cancel")).code).toBe(2);
    expect((await cli("cancel", "1", "--strategy", "Slow")).code).toBe(2);
    expect((await cli("cancel", "--status", "failed")).code).toBe(2);
  });
});

describe("retry", () => {
  it("runs a failed execution or sweep again, follows it, and says where it comes from", async () => {
    const failed = String(idOf(await cli("run", "BoldAssetAllocation", "-p", "variant=NONE")));
    const again = await cli("retry", failed);
    expect(again).toMatchObject({ code: 1, err: expect.stringMatching(/^error: Unknown variant: NONE/) });
    expect((await cli("show", String(idOf(again)))).out).toMatch(new RegExp(`^retry of +${failed}$`, "m"));
    expect((await cli("retry", failed, "--no-wait")).out).toMatch(/^\d+\n$/);
    expect(await cli("retry", String(allocation))).toMatchObject({
      code: 1,
      out: "",
      err: `error: Execution ${allocation} is completed: only a failed or cancelled one can be retried\n`,
    });
    const axes = ["--axis", "short_window=5,10", "-p", "start_date=2100-01-01"];
    const sweep = idOf(await cli("sweep", "MovingAverageCrossover", ...axes));
    const retried = JSON.parse((await cli("retry", String(sweep), "--json")).out) as { execution_id: number };
    expect(retried).toEqual(await answerOf(`/sweeps/${retried.execution_id}/`));
  });
});

describe("report", () => {
  it("is a page in a file or on the output, and JSON", async () => {
    const folder = await mkdtemp(join(tmpdir(), "strategy-executor-report-"));
    const file = join(folder, "report.html");
    try {
      const options = ["--benchmark", `execution:${crossover}`, "--risk-free", "0.02"];
      const query = `benchmark=execution:${crossover}&risk_free=0.02`;
      const { out } = await cli("report", String(allocation), "-o", file, ...options, "--language", "ko");
      expect(out).toBe(`Report of execution ${allocation} written to ${file}\n`);
      const page = await fetch(`${address}/executions/${allocation}/report/?format=html&language=ko&${query}`);
      expect(await readFile(file, "utf8")).toBe(await page.text());
      expect((await cli("report", String(allocation))).out).toMatch(/^<!doctype html>/);
      const json = await cli("report", String(allocation), "--json", ...options);
      expect(JSON.parse(json.out)).toEqual(await answerOf(`/executions/${allocation}/report/?${query}`));
      const lost = await cli("report", String(allocation), "-o", join(folder, "no", "report.html"));
      expect(lost).toMatchObject({ code: 2, out: "", err: expect.stringContaining("cannot be written") });
      expect(await cli("report", "999999", "-o", join(folder, "none"))).toMatchObject({ code: 1, out: "" });
      expect(await readdir(folder)).toEqual(["report.html"]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("callbacks", () => {
  it("are listed by state, counted, and sent again by number or filter", async () => {
    await using receiver = await startReceiver((res) => res.writeHead(500).end());
    const submit = async () =>
      String(idOf(await cli("run", "BoldAssetAllocation", "--callback", receiver.url, "--label", "to send")));
    const ids = [await submit(), await submit()];
    await receiver.arrived(2);
    const givenUp = async () =>
      (await cli("callbacks", "ls", "--state", "given_up", "--csv")).out.trimEnd().split("\n");
    await expect.poll(givenUp).toHaveLength(3);
    expect((await givenUp())[0]).toBe("execution_id,state,attempts,max_attempts,next_attempt_at,answer,url");
    expect((await givenUp())[1]).toBe(`${ids[1]},given_up,1,1,,500,${receiver.url}`);
    const filter = ["--since", "1h", "--strategy", "BoldAssetAllocation"];
    const resend = (...args: string[]) => cli("callbacks", "redeliver", ...args);
    expect((await resend(...filter, "--dry-run")).out).toBe("2 would be sent again\n");
    expect((await resend(ids[0]!, "--dry-run")).out).toBe("1 would be sent again\n");
    expect(await resend(...filter)).toMatchObject({ code: 2, err: expect.stringContaining("Send 2 callbacks again?") });
    expect(receiver.received).toHaveLength(2);
    expect((await resend(...filter, "--yes")).out).toBe("2 sent again\n");
    await receiver.arrived(4);
    expect((await resend(ids[0]!)).code).toBe(0);
    await receiver.arrived(5);
    expect((await resend("--all", "--yes")).code).toBe(2);
    expect((await resend(ids[0]!, "--limit", "1")).code).toBe(2);
  });
});

describe("api", () => {
  it("calls any operation with the API's own answer", async () => {
    const { out } = await cli("api", "getExecution", "--input", `{"execution_id": ${allocation}}`);
    expect(JSON.parse(out)).toEqual(await answerOf(`/executions/${allocation}/`));
    const listed = await cli("api", "listExecutions", "--input", '{"limit": 1, "status": "completed"}');
    expect(JSON.parse(listed.out)).toEqual(await answerOf("/executions/?limit=1&status=completed"));
    const environment = { STRATEGY_EXECUTOR_URL: address };
    const submitted = await run(["api", "executeStrategy", "--input", "-"], {
      environment,
      input: '{"strategy_name": "BoldAssetAllocation"}',
    });
    expect(JSON.parse(submitted.out)).toMatchObject({ status: "pending" });
    const imported = await cli(
      "api",
      "importPrices",
      "--input",
      '{"source": "test", "csv": "date,ticker,close,adj_close\\n2024-01-02,ABC,1,1\\n"}',
    );
    expect(JSON.parse(imported.out)).toMatchObject({ rows: 1 });
    const followed = await cli("api", "watchExecution", "--input", `{"execution_id": ${allocation}}`);
    expect(followed.out).toMatch(/^id: 1\nevent: event\ndata: \{/);
  });

  it("knows every operation of the service's own description", async () => {
    const { paths } = await answerOf<{ paths: Record<string, Record<string, { operationId: string }>> }>(
      "/openapi.json",
    );
    const described = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    const listed = JSON.parse((await cli("api", "--json")).out) as { operation: string }[];
    expect(listed.map(({ operation }) => operation).toSorted()).toEqual(described.toSorted());
  });

  it("suggests what was meant, and names what is missing", async () => {
    expect(await cli("api", "getExecutoin")).toMatchObject({
      code: 2,
      err: "error: There is no operation getExecutoin (Did you mean getExecution?)\n",
    });
    expect(await cli("api", "getExecution")).toMatchObject({
      code: 2,
      err: expect.stringContaining("needs execution_id"),
    });
    expect(await cli("api", "listExecutions", "--input", '{"limt": 1}')).toMatchObject({
      code: 2,
      err: expect.stringContaining("(Did you mean limit?)"),
    });
    expect(await cli("api", "getExecution", "--input", "nonsense")).toMatchObject({ code: 2 });
    expect(await cli("api", "submitSweep", "--input", "{}")).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("strategy_name"),
    });
  });
});

describe("failures", () => {
  it("are told apart by their exit codes", async () => {
    expect((await cli("show", "999999")).code).toBe(1);
    expect(await cli("run", "BoldAsetAllocation")).toMatchObject({
      code: 1,
      err: expect.stringContaining("(Did you mean BoldAssetAllocation?)"),
    });
    expect(await cli("shwo", "1")).toMatchObject({
      code: 2,
      out: "",
      err: expect.stringContaining("(Did you mean show?)"),
    });
    expect(await cli("ls", "--statu", "failed")).toMatchObject({
      code: 2,
      err: expect.stringContaining("(Did you mean --status?)"),
    });
    expect(await cli("show", "one")).toMatchObject({ code: 2, err: expect.stringMatching(/^error: /) });
    expect(await cli("ls", "--url", "http://localhost:1")).toMatchObject({
      code: 3,
      err: expect.stringMatching(/^error: No server answers at http:\/\/localhost:1 /),
    });
    const environment = { STRATEGY_EXECUTOR_URL: "http://localhost:1" };
    expect((await run(["ls"], { environment })).err).toMatch(/^error: No server answers at http:\/\/localhost:1 /);
    expect((await cli("--help")).code).toBe(0);
  });

  it("name the key that does not let in, and let in with one", async () => {
    await using locked = await createTestDatabase("postgres");
    const key = await makeApiKey(locked.options, "me", ["read"]);
    await using server = await startTestServer(locked.options, { AUTH: "on" });
    const environment = { STRATEGY_EXECUTOR_URL: server.address };
    expect(await run(["ls"], { environment })).toMatchObject({
      code: 4,
      out: "",
      err: expect.stringMatching(/^error: /),
    });
    const letIn = { ...environment, STRATEGY_EXECUTOR_API_KEY: key };
    expect((await run(["ls"], { environment: letIn })).code).toBe(0);
    expect((await run(["api", "listExecutions"], { environment: letIn })).code).toBe(0);
    expect((await run(["run", "BoldAssetAllocation"], { environment: letIn })).code).toBe(4);
    expect((await run(["api", "listReceivers"], { environment: letIn })).code).toBe(4);
  });
});

describe("login", () => {
  it("keeps the key where nobody else can read it, uses it, and forgets it", async () => {
    await using locked = await createTestDatabase("postgres");
    const key = await makeApiKey(locked.options, "me", ["read"]);
    await using server = await startTestServer(locked.options, { AUTH: "on" });
    const home = await mkdtemp(join(tmpdir(), "strategy-executor-home-"));
    const environment = { HOME: home };
    const at = (...args: string[]) => run(args, { environment });
    try {
      expect(
        (await run(["login", server.address], { environment, input: `sx_00000000_${"0".repeat(64)}\n` })).code,
      ).toBe(4);
      expect((await at("context", "ls", "--json")).out).toBe('{\n  "contexts": []\n}\n');
      const done = await run(["login", `${server.address}/`, "--name", "lab"], { environment, input: `${key}\n` });
      expect(done).toEqual({ code: 0, out: `Logged in to ${server.address} as context lab\n`, err: "" });
      expect(((await stat(contextsFile(environment))).mode & 0o777).toString(8)).toBe("600");
      expect((await at("ls")).code).toBe(0);
      // Not to another server, whatever the context.
      expect(await at("ls", "--url", server.address.replace("localhost", "127.0.0.1"))).toMatchObject({ code: 4 });
      const listed = (await at("context", "ls")).out;
      expect(listed).toContain("lab");
      expect(listed).not.toContain(key.slice(12));
      expect((await at("context", "use", "lba")).err).toContain("(Did you mean lab?)");
      expect((await at("context", "use", "lab")).code).toBe(0);
      expect((await at("context", "rm", "lab")).code).toBe(0);
      expect((await at("context", "ls")).out.split("\n")).toHaveLength(2);
    } finally {
      await rm(home, { recursive: true });
    }
  });
});

function idOf({ out }: Finished): number {
  return Number(/^Execution (\d+) /.exec(out)?.[1]);
}
