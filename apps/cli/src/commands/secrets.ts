import type { Outputs } from "@strategy-executor/client";
import type { Command } from "commander";
import type { Session } from "../connection/session.ts";
import { seconds } from "../terminal/numbers.ts";
import { type Column, type Format, printRows } from "../terminal/table.ts";
import { withFormats } from "./format-options.ts";
import { addTool } from "./tool.ts";

type Secret = Outputs["listSigningSecrets"]["secrets"][number];

/** `secrets`: signing secrets of callbacks. `ls` asks the service; the others open the database of the checkout. */
export function addSecrets(program: Command, session: Session): void {
  const secrets = program
    .command("secrets")
    .description("Creates, rotates, lists and ends signing secrets of callbacks.");
  withFormats(secrets.command("ls"))
    .description("Lists your secrets through the service, without their values.")
    .action((options: Format) => list(session, options));
  for (const [name, instead, description] of subcommands)
    addTool(secrets, session, { tool: "secrets", name, description, before: [name], instead });
}

async function list({ terminal, connect }: Session, options: Format): Promise<void> {
  const { client, call } = await connect();
  const answer = await client.procedures.listSigningSecrets.query({}, call());
  printRows(terminal, options, { answer, columns, rows: answer.secrets });
}

const subcommands = [
  ["list", "secrets ls", "Lists all secrets in the database of the checkout."],
  ["create", "api createSigningSecret", "Creates a secret that signs from now on."],
  ["rotate", "api rotateSigningSecret", "Creates a secret that replaces the client's others of its version."],
  ["end", "api endSigningSecret", "Ends a secret immediately."],
] as const;

const columns: readonly Column<Secret>[] = [
  { head: "secret_id", value: ({ secret_id }) => secret_id },
  { head: "client", value: ({ client }) => client },
  { head: "version", value: ({ version }) => version },
  { head: "active", value: ({ active }) => active },
  { head: "created_at", value: ({ created_at }) => seconds(created_at) },
  { head: "ends_at", value: ({ ends_at }) => seconds(ends_at) },
  { head: "public_key", value: ({ public_key }) => public_key },
];
