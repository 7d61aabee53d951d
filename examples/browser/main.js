import { ConnectionError, createClient, ExecutionFailedError, isRefused } from "@strategy-executor/client";

const form = document.querySelector("form");
const events = document.querySelector("ol");
const outcome = document.querySelector("output");
let waiting = new AbortController();

form.elements.stop.addEventListener("click", () => waiting.abort(new Error("No longer waiting")));

form.addEventListener("submit", async (submitted) => {
  submitted.preventDefault();
  const { url, variant } = Object.fromEntries(new FormData(form));
  waiting = new AbortController();
  form.elements.stop.disabled = false;
  events.replaceChildren();
  outcome.value = "";
  try {
    const result = await createClient({ url }).executeAndWait(
      "BoldAssetAllocation",
      { variant },
      { label: "examples/browser", signal: waiting.signal, onUpdate: show },
    );
    outcome.value = `Worth ${result.final_value.toFixed(2)}, holds ${Object.keys(result.portfolio.weights).join(", ")}`;
  } catch (error) {
    outcome.value = textOf(error);
  } finally {
    form.elements.stop.disabled = true;
  }
});

function show(update) {
  if (update.kind !== "event") return;
  const item = document.createElement("li");
  item.textContent = `${update.event.execution_id} ${update.event.status}`;
  events.append(item);
}

function textOf(error) {
  if (isRefused(error)) return `${error.data.code}: ${error.message}`;
  if (error instanceof ExecutionFailedError || error instanceof ConnectionError) return error.message;
  return String(error.message);
}
