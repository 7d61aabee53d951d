import type { CreatedSigningSecret } from "@strategy-executor/core";
import type { SignatureVersion, SigningSecretRecord } from "@strategy-executor/db";
import { type Command, InvalidArgumentError, Option } from "commander";
import { toClient } from "../operator/client-argument.ts";
import { toMinute, toTable } from "../operator/text-table.ts";
import { type Terminal, withStore, writeLine } from "../operator/terminal.ts";
import { openSecretStore, type SecretStore } from "./secret-store.ts";

interface Options {
  readonly version: SignatureVersion;
}

const hourMs = 3600_000;
const everybody = "local";
const version = () =>
  new Option("--version <version>", "v1: HMAC-SHA256, one secret for both sides; v1a: ed25519, a pair of keys")
    .choices(["v1", "v1a"])
    .default("v1");
const client = ["[client]", "the client whose callbacks it signs", toClient, everybody] as const;

/** `npm run secrets`: creates, rotates, lists and ends signing secrets. */
export function secrets(command: Command, terminal: Terminal): void {
  const run = (action: (store: SecretStore, to: Terminal) => Promise<void>) =>
    withStore(openSecretStore, terminal, action);
  command.name("secrets").description("Creates, rotates, lists and ends the secrets that sign callbacks.");

  command
    .command("create")
    .description("Creates a secret that signs from now on, and prints once what receivers verify with.")
    .argument(...client)
    .addOption(version())
    .action((owner: string, options: Options) =>
      run(async (store) => show(await store.create(owner, options.version), "It signs from now on.", terminal)),
    );

  command
    .command("rotate")
    .description(
      "Creates a secret that replaces the client's others of its version; they keep signing for the overlap.",
    )
    .argument(...client)
    .addOption(version())
    .option("--overlap <hours>", "how long the others keep signing", toHours, 24)
    .action((owner: string, { overlap, ...options }: Options & { readonly overlap: number }) =>
      run(async (store) => {
        const made = await store.rotate(owner, options.version, overlap * hourMs);
        show(
          made,
          overlap === 0 ? "The others have ended." : `The others keep signing for ${overlap} hours.`,
          terminal,
        );
      }),
    );

  command
    .command("list")
    .description("Lists all secrets, without their values.")
    .action(() => run(list));

  command
    .command("end")
    .description("Ends a secret immediately.")
    .argument("<id>", "its id: sign_1f0c7a52be94")
    .action((id: string) =>
      run(async (store) => {
        const ended = await store.end(id);
        writeLine(terminal.output, `${ended.id} of ${ended.client} is ended`);
      }),
    );
}

/** Only the value for receivers goes to standard output, so that it can be piped into a secret store. */
function show(
  { id, client: owner, secret, publicKey, ...made }: CreatedSigningSecret,
  more: string,
  { output, errors }: Terminal,
): void {
  writeLine(output, secret ?? publicKey ?? "");
  const kept = secret === null ? "Receivers verify with this public key." : "It is shown only once.";
  writeLine(errors, `${id} of ${owner}, ${made.version}. ${kept} ${more}`);
}

async function list(store: SecretStore, { output }: Terminal): Promise<void> {
  const all = await store.list();
  if (all.length === 0) return writeLine(output, "There are no secrets: npm run secrets -- create [CLIENT]");
  writeLine(
    output,
    toTable(
      all.map((secret) => [
        secret.id,
        secret.client,
        secret.version,
        `made ${toMinute(secret.createdAt)}`,
        toEnd(secret),
        secret.publicKey ?? "",
      ]),
    ),
  );
}

function toEnd({ endsAt, active }: SigningSecretRecord): string {
  if (endsAt === null) return "signs";
  return `${active ? "signs until" : "ended"} ${toMinute(endsAt)}`;
}

function toHours(text: string): number {
  const hours = text.trim() === "" ? Number.NaN : Number(text);
  if (!(hours >= 0 && hours <= 8_760)) throw new InvalidArgumentError("Give a number of hours, at most 8760.");
  return hours;
}
