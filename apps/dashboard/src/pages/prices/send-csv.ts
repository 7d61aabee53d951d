import { serviceUrl } from "../../api/base-path.ts";

export type UploadOutcome =
  | { readonly kind: "loaded"; readonly rows: number; readonly tickers: number }
  | { readonly kind: "refused"; readonly message: string };

/** Uploads a file over REST, which accepts files of any size. `fetch` does not report upload progress. */
export function sendCsv(file: File, ticker: string, progress: (fraction: number) => void): Promise<UploadOutcome> {
  const query = new URLSearchParams({ source: file.name, ...(ticker !== "" && { ticker }) });
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open("POST", serviceUrl(`/prices/?${query.toString()}`));
    request.setRequestHeader("content-type", "text/csv");
    request.upload.addEventListener("progress", ({ loaded, total }) => progress(total === 0 ? 0 : loaded / total));
    request.addEventListener("load", () => resolve(outcomeOf(request.status, request.responseText)));
    request.addEventListener("error", () => resolve({ kind: "refused", message: "The connection was lost" }));
    request.send(file);
  });
}

function outcomeOf(status: number, text: string): UploadOutcome {
  try {
    const answer = JSON.parse(text) as { rows?: number; tickers?: readonly unknown[]; detail?: string; title?: string };
    if (status === 200) return { kind: "loaded", rows: answer.rows ?? 0, tickers: answer.tickers?.length ?? 0 };
    return { kind: "refused", message: answer.detail ?? answer.title ?? text };
  } catch {
    return { kind: "refused", message: `${status}` };
  }
}
