import { useState } from "react";
import { useTexts } from "../../texts/texts.ts";
import { Button } from "./button.tsx";

/** Copies a text to the clipboard and confirms it. */
export function CopyButton({ text, label }: { readonly text: string | (() => string); readonly label?: string }) {
  const { words } = useTexts().shared;
  const [done, setDone] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(typeof text === "string" ? text : text());
    setDone(true);
    setTimeout(() => setDone(false), 2_000);
  };
  return (
    <Button kind="quiet" onClick={() => void copy()}>
      <span aria-live="polite">{done ? words.copied : (label ?? words.copy)}</span>
    </Button>
  );
}
