import { toInvalid } from "@strategy-executor/core";
import { anybody, listApiKeys, revokeApiKey } from "@strategy-executor/db";
import express, { type Express, Router } from "express";
import { z } from "zod";
import { unrestrictedAccess } from "../../access/access.ts";
import { createApiKey, NewApiKey } from "../../access/api-key.ts";
import type { TransportDependencies } from "../../http/transport-dependencies.ts";
import { refusalHandler } from "../../http/refusal-handler.ts";
import { unknownPath } from "../../rest/problem.ts";
import { restRouter } from "../../rest/router.ts";
import { createOpenStreams } from "../../http/open-streams.ts";
import { ensureFound } from "../keys/key-store.ts";
import { ensureSecretFound } from "../secrets/secret-store.ts";

/**
 * The HTTP application for command-line tools. It is served only on the Unix socket that locks the embedded database.
 * Only the user who owns the database can open that socket, so no API key is required.
 */
export function createOperatorApp(ctx: TransportDependencies["ctx"]): Express {
  const app = express();
  app.disable("x-powered-by");
  app.use(keysRouter(ctx));
  app.use(secretsRouter(ctx));
  app.use(restRouter({ ctx, access: unrestrictedAccess, streams: createOpenStreams(Number.MAX_SAFE_INTEGER) }));
  app.use(unknownPath);
  app.use(refusalHandler(ctx.log));
  return app;
}

function keysRouter({ database: { db } }: TransportDependencies["ctx"]): Router {
  const router = Router();
  router.get("/keys", async (_req, res) => {
    res.json(await listApiKeys(db));
  });
  router.post("/keys", express.json(), async (req, res) => {
    res.json(await createApiKey(db, parse(NewApiKey, req.body)));
  });
  router.post("/keys/:prefix/revoke", async (req, res) => {
    const { prefix } = req.params;
    res.json(ensureFound(await revokeApiKey(db, prefix), prefix));
  });
  return router;
}

const SecretOwner = z.strictObject({ client: NewApiKey.shape.client, version: z.enum(["v1", "v1a"]) });
const Rotation = SecretOwner.extend({ overlapMs: z.number().min(0) });

function secretsRouter({ signingSecrets }: TransportDependencies["ctx"]): Router {
  const router = Router();
  router.get("/secrets", async (_req, res) => {
    res.json(await signingSecrets.list(anybody));
  });
  router.post("/secrets", express.json(), async (req, res) => {
    const { client, version } = parse(SecretOwner, req.body);
    res.json(await signingSecrets.create(client, version));
  });
  router.post("/secrets/rotate", express.json(), async (req, res) => {
    const { client, version, overlapMs } = parse(Rotation, req.body);
    res.json(await signingSecrets.rotate(client, version, overlapMs));
  });
  router.post("/secrets/:id/end", async (req, res) => {
    const { id } = req.params;
    res.json(ensureSecretFound(await signingSecrets.end(id, anybody), id));
  });
  return router;
}

/** @throws DomainError `invalid` */
function parse<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw toInvalid(parsed.error);
  return parsed.data;
}
