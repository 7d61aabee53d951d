import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/** `completion bash|zsh|fish`: a script by which the shell completes command lines. Added last: it reads all other commands. */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: "completion" });
}
