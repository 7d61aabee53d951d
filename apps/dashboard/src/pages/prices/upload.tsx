import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { useFormats } from "../../formats/formats.ts";
import { Button } from "../../parts/controls/button.tsx";
import { Notice } from "../../parts/feedback/notice.tsx";
import { useTexts } from "../../texts/texts.ts";
import styles from "./prices.module.css";
import { sendCsv, type UploadOutcome } from "./send-csv.ts";

/** Uploads a file of prices and shows the progress. */
export function Upload() {
  const { prices: texts } = useTexts();
  const { count } = useFormats();
  const queries = useQueryClient();
  const id = useId();
  const [ticker, setTicker] = useState("");
  const [file, setFile] = useState<File | null>(null);
  const [sent, setSent] = useState<number | null>(null);
  const [outcome, setOutcome] = useState<UploadOutcome | null>(null);
  const send = async (chosen: File) => {
    setOutcome(null);
    setSent(0);
    const result = await sendCsv(chosen, ticker.trim(), setSent);
    setSent(null);
    setOutcome(result);
    await queries.invalidateQueries({ queryKey: ["listPrices"] });
  };
  return (
    <form
      className={styles.upload}
      onSubmit={(event) => {
        event.preventDefault();
        if (file !== null) void send(file);
      }}
    >
      <div className={styles.fields}>
        <label htmlFor={`${id}-file`}>
          CSV
          <input
            id={`${id}-file`}
            type="file"
            accept=".csv,text/csv,.gz"
            onChange={(event) => setFile(event.target.files?.[0] ?? null)}
          />
        </label>
        <label htmlFor={`${id}-ticker`}>
          {texts.uploadTicker}
          <input
            id={`${id}-ticker`}
            type="text"
            maxLength={32}
            value={ticker}
            onChange={(event) => setTicker(event.target.value)}
          />
        </label>
        <Button type="submit" disabled={file === null || sent !== null}>
          {texts.upload}
        </Button>
      </div>
      {sent !== null && <progress aria-label={texts.uploading} value={sent} />}
      {outcome?.kind === "loaded" && (
        <Notice tone="good">{texts.uploaded(count(outcome.rows), count(outcome.tickers))}</Notice>
      )}
      {outcome?.kind === "refused" && <Notice tone="bad">{outcome.message}</Notice>}
    </form>
  );
}
