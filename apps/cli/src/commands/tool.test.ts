import * as serverTools from "@strategy-executor/server/tools";
import { Command } from "commander";
import { expect, it } from "vitest";
import { run } from "../testing/run-cli.ts";

it.each(Object.entries(serverTools))("%s offers every subcommand of the server's tool", async (name, addTo) => {
  const tool = new Command();
  addTo(tool, { environment: {}, output: process.stdout, errors: process.stderr });
  const { out } = await run([name, "--help"]);
  const offered = Array.from(out.matchAll(/^ {2}([a-z]+)/gm), ([, subcommand]) => subcommand);
  expect(offered).toEqual(expect.arrayContaining(tool.commands.map((subcommand) => subcommand.name())));
});
