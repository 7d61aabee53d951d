import { parseStrictJson } from "../http/body/strict-json.ts";

/**
 * Parses the JSON of a GraphQL request. Paths of refused values start at the argument, as in other refusals.
 * @throws as `parseStrictJson` does
 */
export function parseStrictRequest(text: string): unknown {
  return parseStrictJson(text, (name, index) => (index === 0 ? containers.has(name) : index === 1));
}

/** Like `parseStrictRequest`, for a message of `graphql-transport-ws`, whose request is its payload. */
export function parseStrictMessage(text: string): unknown {
  return parseStrictJson(text, (name, index) => {
    if (index === 0) return name === "payload";
    return index === 1 ? containers.has(name) : index === 2;
  });
}

const containers = new Set(["variables", "extensions"]);
