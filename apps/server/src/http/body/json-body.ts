import express, { type Request, type RequestHandler } from "express";
import { HttpRefusal } from "../http-refusal.ts";
import { decodeUtf8, NotUtf8Error } from "./utf8.ts";

/**
 * Reads a JSON body as text into `req.body`, for every transport alike: at most 1 MB of UTF-8, decompressed according to
 * `Content-Encoding`.
 */
export function jsonText(): RequestHandler[] {
  return [requireJson, express.raw({ type: () => true, limit: "1mb" }), decode];
}

/** Other media types are refused, not guessed: curl sends JSON as a form, and pages of other sites need no preflight for it. */
const requireJson: RequestHandler = (req, _res, next) => {
  const sent = req.get("content-type");
  if (sent === undefined || !/^\s*application\/json\s*(?:;|$)/i.test(sent)) {
    const other = sent === undefined ? "" : `, not ${sent}`;
    throw new HttpRefusal(415, `Send the body with Content-Type: application/json${other}`);
  }
  const charset = charsetOf(req);
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new HttpRefusal(415, `JSON is read as UTF-8 only, not as ${charset}`);
  }
  // Body parsers do not know `x-gzip`, which other routes accept.
  if (/^\s*x-gzip\s*$/i.test(req.get("content-encoding") ?? "")) req.headers["content-encoding"] = "gzip";
  next();
};

function charsetOf(req: Request): string | undefined {
  return /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(req.get("content-type") ?? "")?.[1];
}

const decode: RequestHandler = (req, _res, next) => {
  const bytes: unknown = req.body;
  try {
    req.body = bytes instanceof Uint8Array ? decodeUtf8(bytes) : "";
    // The body is decompressed now, and later parsers compare the media type case-sensitively.
    req.headers["content-type"] = "application/json; charset=utf-8";
    delete req.headers["content-encoding"];
    if (req.headers["content-length"] !== undefined)
      req.headers["content-length"] = String(Buffer.byteLength(req.body));
  } catch (error) {
    throw error instanceof NotUtf8Error ? new HttpRefusal(400, `The body ${error.message}`) : error;
  }
  next();
};
