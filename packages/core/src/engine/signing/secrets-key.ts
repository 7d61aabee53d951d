import { randomBytes } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
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

async function keyIn(path: string): Promise<Buffer> {
  try {
    // Fails if the file exists: a key is never replaced.
    await using file = await open(path, "wx", 0o600);
    await file.writeFile(`${randomBytes(keyBytes).toString("base64")}\n`);
    await file.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const key = parseSecretsKey((await readFile(path, "utf8")).trim());
  if (key === undefined) throw new UnreadableSecretsError(`${path} holds no key of ${keyBytes} bytes in base64`);
  return key;
}
