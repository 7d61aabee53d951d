import { describeDatabases } from "@strategy-executor/db/testing";
import { expect, it } from "vitest";
import { type Frame, framesOf, openStream, parseFrames, submitSlow } from "../testing/event-stream.ts";
import { startServerProcess } from "../testing/server-process.ts";

describeDatabases("GET /executions/{id}/events/", (create) => {
  it("resumes after a restart of the server without a gap or a duplicate", async () => {
    await using test = await create();
    await using server = await startServerProcess(test.options);
    const id = await submitSlow(server.url, 3_000);
    const before: Frame[] = [];
    const first = await openStream(server.url, id);
    for await (const frame of parseFrames(first)) {
      if (frame.event === "event") before.push(frame);
      if (frame.data.status === "running") break;
    }
    await server.end("SIGKILL");
    await using restarted = await startServerProcess(test.options);
    const after = await framesOf(await openStream(restarted.url, id, before.at(-1)?.id));
    expect(before.map(({ data }) => data.number)).toEqual([1, 2]);
    expect(after.map(({ data }) => data.number)).toEqual(after.map((_, index) => index + 3));
    // The new process may see that the old one has died before it runs the execution again.
    const statuses = after.map(({ data }) => data.status);
    expect(statuses.filter((status) => status !== "pending")).toEqual(["running", "completed"]);
  });
});
