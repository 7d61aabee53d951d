import { InvalidArgumentError } from "commander";
import { NewApiKey } from "../../access/api-key.ts";

/** Parses the name of a client. @throws InvalidArgumentError for an invalid name */
export function toClient(text: string): string {
  const parsed = NewApiKey.shape.client.safeParse(text);
  if (!parsed.success) throw new InvalidArgumentError(parsed.error.issues[0]!.message);
  return parsed.data;
}
