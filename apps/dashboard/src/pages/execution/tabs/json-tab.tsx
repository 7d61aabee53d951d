import type { Execution } from "@strategy-executor/client";
import { useCurl } from "../../../parts/data/curl.ts";
import { JsonView } from "../../../parts/data/json-view.tsx";

/** The execution as the API returns it. */
export function JsonTab({ execution }: { readonly execution: Execution }) {
  const curlOf = useCurl();
  return <JsonView label="JSON" value={execution} curl={curlOf(`/executions/${execution.execution_id}/`)} />;
}
