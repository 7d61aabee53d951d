import { Router } from "express";
import { stringify } from "yaml";
import { openapiDocument, openapiText } from "./openapi.ts";

/** Serves the OpenAPI document, as JSON and as YAML. */
export function documentRouter(): Router {
  const document = openapiDocument();
  const json = openapiText(document);
  const yaml = stringify(document, { aliasDuplicateObjects: false });
  const router = Router();
  router.get("/openapi.json", (_req, res) => {
    res.type("application/json").send(json);
  });
  router.get("/openapi.yaml", (_req, res) => {
    res.type("application/yaml").send(yaml);
  });
  return router;
}
