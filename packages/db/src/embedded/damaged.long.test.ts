import { mkdtemp, rm, statfs, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { connectDatabase } from "../connection/connect.ts";
import { createTestDatabase } from "../testing/index.ts";
import { openEmbedded } from "./embedded-database.ts";

it("an embedded database with damaged files says where it lies and what to do, and the next one opens", async () => {
  const folder = await mkdtemp(join(tmpdir(), "damaged-"));
  try {
    const dataDir = join(folder, "data");
    await (await connectDatabase({ dataDir }))[Symbol.asyncDispose]();
    await truncate(join(dataDir, "pglite/global/pg_control"), 10);
    const opened = connectDatabase({ dataDir });
    await expect(opened).rejects.toMatchObject({ name: "EmbeddedDatabaseError" });
    await expect(opened).rejects.toThrow(
      `The embedded database in ${dataDir} cannot be opened: PGlite gives up on reading its files. If its files are damaged, ` +
        "stop all servers, replace the folder by a backup of it, or move it away to begin with an empty database",
    );
    await using other = await connectDatabase({ dataDir: join(folder, "other") });
    expect(other.kind).toBe("pglite");
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("an embedded database fails in an unusable folder without affecting the next", async () => {
  const folder = await mkdtemp(join(tmpdir(), "unusable-"));
  try {
    await writeFile(join(folder, "file"), "");
    await expect(openEmbedded(join(folder, "file"))).rejects.toThrow("error 54 of its file system");
    await using test = await createTestDatabase("pglite");
    await using database = await openEmbedded(join(test.options.dataDir!, "pglite"));
    const connection = database.connect({ fetchTypes: false, onNotify: () => undefined });
    expect([...(await connection`select 1 as one`)]).toEqual([{ one: 1 }]);
    await connection.end();
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("needs room to start", async () => {
  const folder = await mkdtemp(join(tmpdir(), "full-"));
  try {
    const { bavail, bsize } = await statfs(folder);
    const wanted = connectDatabase({ dataDir: folder, startMarginBytes: 2 * bavail * bsize });
    await expect(wanted).rejects.toThrow(
      /^DATA_DIR=.*full-\w+: only \d+ MB are free on its disk, and .* to start: free some space/,
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
