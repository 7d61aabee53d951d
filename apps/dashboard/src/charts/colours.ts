import { assetColours } from "@strategy-executor/report";
import { useSyncExternalStore } from "react";
import { useSettings } from "../settings/settings.ts";

const tokens = ["text", "muted", "line", "surface", "account", "benchmark", "gain", "loss"] as const;

/** The current colours of the style sheet, for a canvas. */
export type Colours = Readonly<Record<(typeof tokens)[number], string>>;

/** Returns the colours, and updates them when the page or the system changes the theme. */
export function useColours(): Colours {
  const { theme, colours, language } = useSettings();
  const isDark = useSyncExternalStore(followSystem, () => dark.matches);
  return coloursFor(`${theme} ${colours} ${language} ${isDark}`);
}

const dark = matchMedia("(prefers-color-scheme: dark)");

function followSystem(changed: () => void): () => void {
  dark.addEventListener("change", changed);
  return () => dark.removeEventListener("change", changed);
}

let current: { readonly key: string; readonly colours: Colours } | null = null;

/** The same object for all charts until something changes: a chart with other colours is made anew. */
function coloursFor(key: string): Colours {
  if (current?.key !== key) current = { key, colours: readColours() };
  return current.colours;
}

/** A colour for each of several curves; the first is that of the account. */
export function curveColour(index: number, { account }: Colours): string {
  return index === 0 ? account : assetColours[index % assetColours.length]!;
}

function readColours(): Colours {
  // The computed value of a token is `light-dark(...)` until an element uses it as a colour.
  const probes = tokens.map((token) => {
    const probe = document.createElement("span");
    probe.style.color = `var(--${token})`;
    return probe;
  });
  document.body.append(...probes);
  const entries = probes.map((probe, index) => [tokens[index]!, getComputedStyle(probe).color] as const);
  for (const probe of probes) probe.remove();
  return Object.fromEntries(entries) as Colours;
}
