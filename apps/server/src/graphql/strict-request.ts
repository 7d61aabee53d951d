import { parseStrictJson } from "../http/body/strict-json.ts";

/**
 * Parses the JSON of a GraphQL request. Paths of refused values start at the variable, as in other refusals.
 * @throws as `parseStrictJson` does
 */
export function parseStrictRequest(text: string): unknown {
  return parseStrictJson(text, (name, index) => index === 0 && containers.has(name));
}

/** Like `parseStrictRequest`, for a message of `graphql-transport-ws`, whose request is its payload. */
export function parseStrictMessage(text: string): unknown {
  return parseStrictJson(text, (name, index) =>
    index === 0 ? name === "payload" : index === 1 && containers.has(name),
  );
}

const containers = new Set(["variables", "extensions"]);
