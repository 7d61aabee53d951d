import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../../connection/session.ts";
import { type Column, type Format, printRows } from "../../terminal/table.ts";
import { withFormats } from "../format-options.ts";

type Group = Outputs["getQueue"]["groups"][number];

/** `queue`: what waits. */
export function addQueue(program: Command, session: Session): void {
  withFormats(program.command("queue"))
    .description("Counts what waits, by queue, client and priority, and tells for how long.")
    .action((options: Format) => queue(session, options));
}

async function queue({ terminal, connect }: Session, options: Format): Promise<void> {
  const { client, call } = await connect();
  const answer = await client.procedures.getQueue.query({}, call());
  printRows(terminal, options, { answer, columns, rows: answer.groups });
}

const columns: readonly Column<Group>[] = [
  { head: "queue", value: ({ queue: name }) => name },
  { head: "client", value: ({ client }) => client },
  { head: "priority", value: ({ priority }) => priority },
  { head: "depth", value: ({ depth }) => depth },
  {
    head: "oldest_age_seconds",
    value: ({ oldest_age_seconds }) => oldest_age_seconds,
    show: (age) => age.toFixed(1),
  },
];
