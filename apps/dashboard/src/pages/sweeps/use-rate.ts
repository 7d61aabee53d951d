import { useRef } from "react";

/** How fast a number grows per second; null before there are two values. */
export function useRate(value: number, isGrowing: boolean): number | null {
  const first = useRef<{ readonly at: number; readonly value: number }>(undefined);
  if (!isGrowing) return null;
  const now = Date.now();
  first.current ??= { at: now, value };
  const seconds = (now - first.current.at) / 1_000;
  return seconds < 0.5 ? null : (value - first.current.value) / seconds;
}
