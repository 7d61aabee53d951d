import type { Execution } from "@strategy-executor/client";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { Button } from "../../../parts/controls/button.tsx";
import { useTexts } from "../../../texts/texts.ts";
import styles from "../execution.module.css";

const route = getRouteApi("/shell/executions/$id");

/** Selects the benchmark, which is part of the address. */
export function BenchmarkForm({ execution }: { readonly execution: Execution }) {
  const { result: texts } = useTexts().execution;
  const { benchmark = "", risk_free: riskFree = "" } = route.useSearch();
  const navigate = useNavigate({ from: "/executions/$id" });
  const tickers = Object.keys(execution.result?.data?.tickers ?? {});
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string): string | undefined => String(form.get(name) ?? "").trim() || undefined;
    void navigate({
      search: (old) => ({ ...old, benchmark: text("benchmark"), risk_free: text("risk_free") }),
      replace: true,
    });
  };
  return (
    <form className={styles.controls} onSubmit={submit} key={`${benchmark} ${riskFree}`}>
      <label>
        {texts.benchmark}
        <input name="benchmark" list="benchmarks" defaultValue={benchmark} placeholder={texts.benchmarkHint} />
      </label>
      <datalist id="benchmarks">
        {tickers.map((ticker) => (
          <option key={ticker} value={ticker} />
        ))}
      </datalist>
      <label>
        {texts.riskFree}
        <input
          name="risk_free"
          type="number"
          step="any"
          min={-0.99}
          max={1}
          defaultValue={riskFree}
          placeholder="0.02"
        />
      </label>
      <Button type="submit">{texts.apply}</Button>
    </form>
  );
}
