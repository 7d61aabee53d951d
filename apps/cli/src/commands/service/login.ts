import type { Command } from "commander";
import { readContexts, writeContexts } from "../../connection/contexts.ts";
import { UsageError } from "../../connection/failure.ts";
import type { Session } from "../../connection/session.ts";
import { toUrl } from "../../input/arguments.ts";
import { readSecret } from "../../terminal/ask.ts";
import { print } from "../../terminal/terminal.ts";

/** `login [URL]`: stores an address and its key and uses them from then on. */
export function addLogin(program: Command, session: Session): void {
  program
    .command("login")
    .description("Stores the address of a service and your key, and uses them from now on.")
    .argument("[url]", "address of the service; the one in use by default", toUrl)
    .option("--name <name>", "name of the context; the host by default")
    .action((url: string | undefined, { name }: { name?: string }) => login(session, url, name));
}

async function login(session: Session, given: string | undefined, name: string | undefined): Promise<void> {
  const { terminal } = session;
  const url = given ?? (await session.target()).url;
  const key = await readSecret(terminal, `API key for ${url} (nothing if it asks for none): `);
  if (/[^\x21-\x7e]/.test(key)) throw new UsageError("An API key is one word: sx_ and what follows");
  const { ask } = session.connectTo({ url, apiKey: key === "" ? undefined : key, chosen: true });
  // A key that the service refuses is not stored.
  await ask("/executions/?limit=1");
  const called = name ?? new URL(url).host;
  const { contexts } = await readContexts(terminal.environment);
  const context = { url, ...(key !== "" && { api_key: key }) };
  await writeContexts(terminal.environment, { current: called, contexts: { ...contexts, [called]: context } });
  print(terminal, `Logged in to ${url} as context ${called}`);
}
