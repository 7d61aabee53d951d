import type { IChartApi } from "lightweight-charts";

/** Of the shown days, for one notch of a wheel. */
const step = 1.15;
/** Wheels report 100 pixels for a notch, pinches on a trackpad some pixels for each frame. */
const notch = 100;
const leastDays = 5;

/**
 * Lets a chart be zoomed by the wheel with Ctrl, which is also what a pinch on a trackpad sends. The wheel alone scrolls the page. Returns a
 * function that ends it.
 */
export function zoomWithCtrl(box: HTMLElement, chart: IChartApi): () => void {
  const zoom = (event: WheelEvent): void => {
    if (!event.ctrlKey) return;
    // Otherwise the browser would zoom the whole page.
    event.preventDefault();
    const notches = Math.max(-1, Math.min(1, event.deltaY / notch));
    zoomAt(chart, event.clientX - box.getBoundingClientRect().left, step ** notches);
  };
  box.addEventListener("wheel", zoom, { passive: false });
  return () => box.removeEventListener("wheel", zoom);
}

/** Shows `factor` times as many days, around the one in the middle. */
export function zoomAtMiddle(chart: IChartApi, factor: number): void {
  zoomAt(chart, chart.timeScale().width() / 2, factor);
}

/** Shows `factor` times as many days. The day at `x`, in pixels from the left edge, stays in its place. */
function zoomAt(chart: IChartApi, x: number, factor: number): void {
  const scale = chart.timeScale();
  const shown = scale.getVisibleLogicalRange();
  const centre = scale.coordinateToLogical(x);
  if (shown === null || centre === null) return;
  if (factor < 1 && (shown.to - shown.from) * factor < leastDays) return;
  scale.setVisibleLogicalRange({
    from: centre - (centre - shown.from) * factor,
    to: centre + (shown.to - centre) * factor,
  });
}
