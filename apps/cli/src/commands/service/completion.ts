import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";

/** `completion bash|zsh|fish`: writes the completion script of a shell. Added last, because it reads all other commands. */
export function addCompletion(program: Command): void {
  tab(program, { completionCommandName: "completion" });
}
