import type { ApiKeyRecord } from "@strategy-executor/db";
import { type Command, InvalidArgumentError } from "commander";
import { NewApiKey, stateOf } from "../../access/api-key.ts";
import { toClient } from "../operator/client-argument.ts";
import { toMinute, toTable } from "../operator/text-table.ts";
import { type Terminal, withStore, writeLine } from "../operator/terminal.ts";
import { type KeyStore, openKeyStore } from "./key-store.ts";

interface CreateOptions {
  readonly scopes: NewApiKey["scopes"];
  readonly expires?: number;
}

/** `npm run keys`: creates, lists and revokes API keys. */
export function keys(command: Command, terminal: Terminal): void {
  const run = (action: (store: KeyStore, to: Terminal) => Promise<void>) => withStore(openKeyStore, terminal, action);
  command.name("keys").description("Creates, lists and revokes API keys.");

  command
    .command("create")
    .description("Creates a key and prints it once.")
    .argument("<name>", "the client; one client may have several keys", toClient)
    .option("--scopes <list>", "comma-separated: read, execute, admin", toScopes, ["read", "execute"])
    .option("--expires <days>", "days until it expires; never when absent", toDays)
    .action((client: string, { scopes, expires = undefined }: CreateOptions) =>
      run((store, to) => create(store, { client, scopes, expiresInDays: expires ?? null }, to)),
    );

  command
    .command("list")
    .description("Lists all keys, without their secret part.")
    .action(() => run(list));

  command
    .command("revoke")
    .description("Revokes a key; takes effect within seconds.")
    .argument("<prefix>", "the first characters of the key: sx_1a2b3c4d")
    .action((prefix: string) => run((store, to) => revoke(store, prefix, to)));
}

/** Only the key goes to standard output, so that it can be piped into a secret store. */
async function create(store: KeyStore, wanted: NewApiKey, { output, errors }: Terminal): Promise<void> {
  const { key, prefix } = await store.create(wanted);
  writeLine(output, key);
  const end = wanted.expiresInDays === null ? "never expires" : `expires in ${wanted.expiresInDays} days`;
  writeLine(
    errors,
    `${prefix} of ${wanted.client} allows ${wanted.scopes.join(", ")} and ${end}. It is shown only once.`,
  );
}

async function list(store: KeyStore, { output }: Terminal): Promise<void> {
  const all = await store.list();
  if (all.length === 0) return writeLine(output, "There are no keys: npm run keys -- create NAME");
  const rows = all.map((key) => [
    key.prefix,
    key.client,
    key.scopes.join(","),
    `made ${toMinute(key.createdAt)}`,
    toEnd(key),
    key.lastUsedAt === null ? "never used" : `last used ${toMinute(key.lastUsedAt)}`,
  ]);
  writeLine(output, toTable(rows));
}

async function revoke(store: KeyStore, prefix: string, { output }: Terminal): Promise<void> {
  const { client, prefix: found } = await store.revoke(prefix.startsWith("sx_") ? prefix : `sx_${prefix}`);
  writeLine(output, `${found} of ${client} is revoked`);
}

function toEnd(key: ApiKeyRecord): string {
  const state = stateOf(key);
  if (state === "revoked") return `revoked ${toMinute(key.revokedAt!)}`;
  if (key.expiresAt === null) return "never expires";
  return `${state === "expired" ? "expired" : "expires"} ${toMinute(key.expiresAt)}`;
}

function toScopes(text: string): NewApiKey["scopes"] {
  const parsed = NewApiKey.shape.scopes.safeParse(text.split(",").map((scope) => scope.trim()));
  if (!parsed.success) throw new InvalidArgumentError("Give some of read, execute and admin, by commas.");
  return parsed.data;
}

function toDays(text: string): number {
  const parsed = NewApiKey.shape.expiresInDays.safeParse(Number(text));
  if (!parsed.success) throw new InvalidArgumentError("Give a number of days, at most 36500.");
  return Number(text);
}
