import { DomainError, toInvalid } from "@strategy-executor/core";
import { type ApiKeyRecord, listApiKeys, revokeApiKey } from "@strategy-executor/db";
import express, { type Express, Router } from "express";
import { openAccess } from "../access/access.ts";
import { createApiKey, NewApiKey } from "../access/api-key.ts";
import type { Host } from "../host.ts";
import { problemHandler, unknownPath } from "../rest/problem.ts";
import { restRouter } from "../rest/router.ts";
import { createStreams } from "../streams.ts";

/**
 * What the command-line tools ask of a server that holds the embedded database. It is reached over the lock's socket alone,
 * which only the user who owns the database can open: no key is asked for, and no network leads to it.
 */
export function createOperatorApp(ctx: Host["ctx"]): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(keysRouter(ctx));
  app.use(restRouter({ ctx, access: openAccess, streams: createStreams(Number.MAX_SAFE_INTEGER) }));
  app.use(unknownPath);
  app.use(problemHandler(ctx.log));
  return app;
}

function keysRouter({ database: { db } }: Host["ctx"]): Router {
  const router = Router();
  router.get("/keys", async (_req, res) => {
    res.json(await listApiKeys(db));
  });
  router.post("/keys", express.json(), async (req, res) => {
    const parsed = NewApiKey.safeParse(req.body);
    if (!parsed.success) throw toInvalid(parsed.error);
    res.json(await createApiKey(db, parsed.data));
  });
  router.post("/keys/:prefix/revoke", async (req, res) => {
    const { prefix } = req.params;
    res.json(ensureFound(await revokeApiKey(db, prefix), prefix));
  });
  return router;
}

/** @throws DomainError `not_found` */
export function ensureFound(key: ApiKeyRecord | null, prefix: string): ApiKeyRecord {
  if (key === null) throw new DomainError("not_found", `There is no key ${prefix}`);
  return key;
}
