import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { toExecutionId } from "../../input/arguments.ts";
import { print, remark } from "../../terminal/terminal.ts";

/** `open [ID]`: the page in a browser. */
export function addOpen(program: Command, session: Session): void {
  program
    .command("open")
    .description("Opens the page of the service, or of an execution, in a browser, and prints its address.")
    .argument("[id]", "number of the execution", toExecutionId)
    .action((id: number | undefined) => open(session, id));
}

async function open({ terminal, target }: Session, id: number | undefined): Promise<void> {
  const { url } = await target();
  const address = `${url}/ui/${id === undefined ? "" : `executions/${id}`}`;
  print(terminal, address);
  const [program, ...args] = opener(terminal.environment);
  const child = spawn(program, [...args, address], { stdio: "ignore", detached: true });
  try {
    await once(child, "spawn");
    child.unref();
  } catch {
    remark(terminal, `No browser can be opened here: ${program} is not there`);
  }
}

function opener({ BROWSER }: NodeJS.ProcessEnv): readonly [string, ...string[]] {
  if (BROWSER !== undefined && BROWSER !== "") return [BROWSER];
  if (process.platform === "darwin") return ["open"];
  return process.platform === "win32" ? ["cmd", "/c", "start", ""] : ["xdg-open"];
}
