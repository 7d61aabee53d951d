import { expect, vi } from "vitest";

interface Server {
  readonly address: string;
}

/** Submits an execution and waits for its completion. Returns its number. */
export async function executeOverRest(server: Server, strategy_name: string, parameters: object): Promise<number> {
  const response = await fetch(`${server.address}/strategies/execute/`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ strategy_name, parameters }),
  });
  const { execution_id } = (await response.json()) as { execution_id: number };
  const state = () => readOverRest<{ status: string; error_message?: string }>(server, `/executions/${execution_id}/`);
  const hasEnded = async () => expect((await state()).status).toMatch(/^(completed|failed)$/);
  await vi.waitFor(hasEnded, { timeout: 20_000 });
  // A failure shows its reason.
  const { status, error_message } = await state();
  expect({ status, error_message }).toEqual({ status: "completed" });
  return execution_id;
}

/** Reads a path of the server as JSON. */
export async function readOverRest<T>(server: Server, path: string): Promise<T> {
  return (await (await fetch(server.address + path)).json()) as T;
}
