import { ensureScope } from "@strategy-executor/core";
import { Router } from "express";
import { type Access, admitRequest } from "../access/access.ts";
import type { Metrics } from "./metrics.ts";

/** Serves `/metrics`, to administrators only: it covers all clients. */
export function metricsRouter(access: Access, metrics: Metrics): Router {
  const router = Router({ strict: false });
  router.get("/metrics", async (req, res) => {
    ensureScope(await admitRequest(access, req, res), "admin");
    res
      .set("Cache-Control", "no-store")
      .type(metrics.contentType)
      .send(await metrics.text());
  });
  return router;
}
