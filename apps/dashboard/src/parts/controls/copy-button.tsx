import { type MouseEvent, useState } from "react";
import { useTexts } from "../../texts/texts.ts";
import { Button } from "./button.tsx";

/** Copies a text to the clipboard and confirms it. */
export function CopyButton({ text, label }: { readonly text: string | (() => string); readonly label?: string }) {
  const { words } = useTexts().shared;
  const [done, setDone] = useState(false);
  const copy = async ({ currentTarget }: MouseEvent<HTMLButtonElement>) => {
    await toClipboard(typeof text === "string" ? text : text(), currentTarget);
    setDone(true);
    setTimeout(() => setDone(false), 2_000);
  };
  return (
    <Button kind="quiet" onClick={(event) => void copy(event)}>
      <span aria-live="polite">{done ? words.copied : (label ?? words.copy)}</span>
    </Button>
  );
}

async function toClipboard(text: string, button: HTMLElement): Promise<void> {
  const { clipboard } = navigator as { readonly clipboard?: Clipboard };
  if (clipboard !== undefined) return clipboard.writeText(text);
  // Over plain http browsers copy only what is selected. Beside the button, because an open dialog keeps the focus within itself.
  const selected = document.createElement("textarea");
  selected.value = text;
  selected.className = "hidden";
  button.after(selected);
  selected.select();
  document.execCommand("copy");
  selected.remove();
  button.focus();
}
