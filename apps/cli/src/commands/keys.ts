import type { Command } from "commander";
import type { Session } from "../connection/session.ts";
import { addTool } from "./tool.ts";

/** `keys`: creates, lists and revokes API keys in the database of the checkout. */
export function addKeys(program: Command, session: Session): void {
  const keys = program.command("keys").description("Creates, lists and revokes API keys.");
  for (const [name, description] of subcommands)
    addTool(keys, session, { tool: "keys", name, description, before: [name] });
}

const subcommands = [
  ["create", "Creates a key and prints it once."],
  ["list", "Lists all keys, without their secret part."],
  ["revoke", "Revokes a key; takes effect within seconds."],
] as const;
