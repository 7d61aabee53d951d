import { randomBytes } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createSecretBox, keyBytes, parseSecretsKey, type SecretBox, UnreadableSecretsError } from "./secret-box.ts";

export interface SecretsKeyLocation {
  /** The key itself, in base64 or hexadecimal digits. */
  readonly secretsKey?: string | undefined;
  /** Set with PostgreSQL. Others can read the database and its backups, so the key must be stored elsewhere. */
  readonly databaseUrl?: string | undefined;
  /** Folder of the embedded database; absent when the database is in memory. */
  readonly dataDir?: string | undefined;
}

/**
 * Opens the box for signing secrets. The key of an embedded database lies beside it in `secrets.key`, which is created at first
 * use and readable only by its user. With PostgreSQL and without a key the box refuses everything.
 */
export function openSecretBox({ secretsKey, databaseUrl, dataDir }: SecretsKeyLocation): SecretBox {
  if (secretsKey !== undefined) return createSecretBox(async () => parseSecretsKey(secretsKey) ?? missing());
  if (databaseUrl !== undefined) return createSecretBox(async () => missing());
  let key: Promise<Buffer> | undefined;
  return createSecretBox(() => (key ??= dataDir === undefined ? newKey() : keyIn(join(dataDir, "secrets.key"))));
}

function missing(): never {
  throw new UnreadableSecretsError(
    "Signing secrets are stored encrypted, and the server has no key for that: set SECRETS_KEY on every process to the same 32 random " +
      "bytes in base64 (openssl rand -base64 32), and start it again",
  );
}

async function newKey(): Promise<Buffer> {
  return randomBytes(keyBytes);
}

/** The caller holds the lock of the folder, so no other process makes a key meanwhile. */
async function keyIn(path: string): Promise<Buffer> {
  const text = (await textIn(path)) || (await makeKey(path));
  const key = parseSecretsKey(text);
  if (key !== undefined) return key;
  throw new UnreadableSecretsError(
    `${path} holds no key of ${keyBytes} bytes in base64: restore it from a backup. Without one, move it away and create the signing ` +
      "secrets anew",
  );
}

/** Empty also without a file: an empty one holds no key that anything could be encrypted with. */
async function textIn(path: string): Promise<string> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    return "";
  }
}

/** The file is whole or absent after a crash, and on the disk before anything is encrypted with its key. */
async function makeKey(path: string): Promise<string> {
  const text = randomBytes(keyBytes).toString("base64");
  const written = `${path}.new`;
  await rm(written, { force: true });
  {
    await using file = await open(written, "wx", 0o600);
    await file.writeFile(`${text}\n`);
    await file.sync();
  }
  await rename(written, path);
  await using folder = await open(dirname(path), "r");
  await folder.sync();
  return text;
}
