import { InvalidArgumentError } from "commander";
import { NewApiKey } from "../../access/api-key.ts";

/** Reads the name of a client off a command line. @throws InvalidArgumentError when it cannot be one */
export function toClient(text: string): string {
  const parsed = NewApiKey.shape.client.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]!.message);
  return parsed.data;
}
