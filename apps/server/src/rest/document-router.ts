import { Router } from "express";
import { openapiDocument, openapiText, openapiYaml } from "./openapi.ts";

/** Serves the OpenAPI document, as JSON and as YAML. */
export function documentRouter(basePath: string): Router {
  // Generated on the first request, so that the start does not wait for it.
  const document = once(() => openapiDocument(basePath));
  const json = once(() => openapiText(document()));
  const yaml = once(() => openapiYaml(document()));
  const router = Router();
  router.get("/openapi.json", (_req, res) => {
    res.type("application/json").send(json());
  });
  router.get("/openapi.yaml", (_req, res) => {
    res.type("application/yaml").send(yaml());
  });
  return router;
}

function once<T extends object | string>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
