import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";
import { isLive } from "../../live/switch.ts";

/** Keyboard shortcuts for every page. Off while the user types or a dialog is open. */
export function useKeys(open: (dialog: "palette" | "keys") => void): void {
  const navigate = useNavigate();
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") return act(() => open("palette"));
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "/") act(() => open("palette"));
      if (event.key === "?") act(() => open("keys"));
      if (event.key === ".") act(() => isLive.set(!isLive.get()));
      if (event.key === "n") act(() => void navigate({ to: "/new" }));
      if (event.key === "j") act(() => moveRow(1));
      if (event.key === "k") act(() => moveRow(-1));

      function act(action: () => void): void {
        event.preventDefault();
        action();
      }
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [navigate, open]);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select, [contenteditable]")
  );
}

/** Moves the focus to the link of the next row, so that Enter follows it. */
function moveRow(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>("main tbody tr")].flatMap(
    (row) => row.querySelector<HTMLElement>("a") ?? [],
  );
  const row = document.activeElement?.closest("tr") ?? null;
  const at = links.findIndex((link) => link.closest("tr") === row);
  const next = at === -1 ? (step === 1 ? 0 : links.length - 1) : at + step;
  links[Math.min(Math.max(next, 0), links.length - 1)]?.focus();
}
