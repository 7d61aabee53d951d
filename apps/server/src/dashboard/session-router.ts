import { DomainError, toInvalid } from "@strategy-executor/core";
import { type RequestHandler, Router } from "express";
import { z } from "zod";
import { type Access, type Sessions, toCredentials } from "../access/access.ts";
import { HttpRefusal } from "../http/http-refusal.ts";
import { limitBodyTime } from "../http/http-server.ts";
import { jsonText } from "../http/body/json-body.ts";
import { parseStrictJson } from "../http/body/strict-json.ts";

const SignIn = z.strictObject({ api_key: z.string().max(200) });

/** Exchanges an API key for a cookie, so that the pages need not keep the key. */
export function sessionRouter({ sessions }: Pick<Access, "sessions">): Router {
  const router = Router();
  router.post("/ui/session", noStore, limitBodyTime(), ...jsonText(), async (req, res) => {
    const { api_key: apiKey } = readBody(req.body as string);
    await needed(sessions).start(apiKey, toCredentials(req), (name, value) => void res.setHeader(name, value));
    res.status(204).end();
  });
  router.delete("/ui/session", noStore, async (req, res) => {
    await needed(sessions).end(toCredentials(req), (name, value) => void res.setHeader(name, value));
    res.status(204).end();
  });
  return router;
}

const noStore: RequestHandler = (_req, res, next) => {
  res.set("Cache-Control", "no-store");
  next();
};

/** @throws DomainError `invalid`; HttpRefusal when it is no JSON */
function readBody(text: string): z.output<typeof SignIn> {
  try {
    const parsed = SignIn.safeParse(parseStrictJson(text));
    if (!parsed.success) throw toInvalid(parsed.error);
    return parsed.data;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new HttpRefusal(400, `The body is not valid JSON: ${error.message}`);
  }
}

function needed(sessions: Sessions | null): Sessions {
  if (sessions === null) throw new DomainError("conflict", "API keys are off, so nobody needs to sign in");
  return sessions;
}
