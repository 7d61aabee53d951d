import type { Command } from "commander";
import type { Session } from "../connection/session.ts";
import { addTool } from "./tool.ts";

/** `database`: moves the embedded database of the checkout into PostgreSQL. */
export function addDatabase(program: Command, session: Session): void {
  const database = program.command("database").description("Moves the embedded database into PostgreSQL.");
  addTool(database, session, {
    tool: "database",
    name: "move",
    description: "Copies everything into an empty PostgreSQL: --to postgres://…",
    before: ["move"],
  });
}
