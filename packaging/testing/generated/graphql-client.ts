// Types by GraphQL Code Generator, requests by fetch.
import { print } from "graphql";
import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { graphql } from "./gql/gql.ts";

const Submit = graphql(`
  mutation Submit($input: ExecuteStrategyInput!) {
    executeStrategy(input: $input) {
      __typename
      ... on ExecutionAccepted {
        execution {
          id
        }
      }
      ... on DomainError {
        code
        fields {
          path
        }
      }
    }
  }
`);

const Read = graphql(`
  query Read($id: ID!) {
    execution(id: $id) {
      __typename
      ... on Execution {
        strategy
        status
        result {
          finalValue
          metrics {
            sharpe
          }
        }
      }
      ... on DomainError {
        code
        message
      }
    }
  }
`);

const Page = graphql(`
  query Page($after: String) {
    executions(first: 1, after: $after) {
      edges {
        node {
          id
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

const submitted = (await ask(Submit, { input: { strategyName: "BoldAssetAllocation" } })).executeStrategy;
if (submitted.__typename !== "ExecutionAccepted") throw new Error(submitted.code);
const { id } = submitted.execution;

let read = (await ask(Read, { id })).execution;
while (read.__typename === "Execution" && read.status !== "COMPLETED") read = (await ask(Read, { id })).execution;
if (read.__typename !== "Execution") throw new Error(read.message);
const sharpe: number | null | undefined = read.result?.metrics?.sharpe;
if (typeof sharpe !== "number" || typeof read.result?.finalValue !== "number") throw new Error("There is no result");

const first = (await ask(Page, { after: null })).executions;
const second = (await ask(Page, { after: first.pageInfo.endCursor ?? null })).executions;

const missing = (await ask(Read, { id: "999999" })).execution;
const invalid = (await ask(Submit, { input: { strategyName: "BoldAssetAllocation", label: "" } })).executeStrategy;

console.log(
  JSON.stringify({
    status: read.status.toLowerCase(),
    strategy: read.strategy,
    pages: [first, second].map(({ edges }) => edges.length),
    missing: missing.__typename === "DomainError" && missing.code.toLowerCase(),
    fields: invalid.__typename === "DomainError" && invalid.fields.map(({ path }) => path.replace(/^input\./, "")),
  }),
);

// @ts-expect-error no such field
export const nothing: unknown = read.nothing;

async function ask<Data, Variables>(document: TypedDocumentNode<Data, Variables>, variables: Variables): Promise<Data> {
  const response = await fetch(`${process.argv[2]}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query: print(document), variables }),
  });
  const { data, errors } = (await response.json()) as { data: Data; errors?: readonly unknown[] };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return data;
}
