import type { IChartApi, ISeriesApi, LogicalRange, SeriesType, Time } from "lightweight-charts";
import { dayOf, timeOf } from "./chart-time.ts";

interface Member {
  readonly chart: IChartApi;
  readonly series: ISeriesApi<SeriesType>;
  /** The value on a day, at which the crosshair is drawn. */
  valueAt(day: string): number | null;
  /** The crosshair of another chart is on that day; null when it left. A crosshair set from outside raises no event. */
  onDay(day: string | null): void;
}

export interface Membership {
  /** Moves the crosshairs of the others to a day; null takes them away. */
  show(day: string | null): void;
  leave(): void;
}

/** Charts over the same days that share one crosshair and one visible range. */
export interface ChartGroup {
  join(member: Member): Membership;
}

export function createChartGroup(): ChartGroup {
  const members = new Set<Member>();
  /** The range that each was last given. It reports that in a later frame, which needs no passing on: each range is a new drawing. */
  const given = new Map<Member, LogicalRange>();
  // Setting the range or crosshair of a chart raises the same event there; ignore it.
  let isPassing = false;
  const pass = (from: Member, action: (other: Member) => void): void => {
    if (isPassing) return;
    isPassing = true;
    for (const member of members) if (member !== from) action(member);
    isPassing = false;
  };
  return {
    join(member) {
      const { chart } = member;
      const show = (day: string | null): void =>
        pass(member, (other) => {
          const value = day === null ? null : other.valueAt(day);
          other.onDay(value === null ? null : day);
          if (value === null) other.chart.clearCrosshairPosition();
          else other.chart.setCrosshairPosition(value, timeOf(day!), other.series);
        });
      const move = ({ time }: { readonly time?: Time }): void => show(dayOf(time));
      const range = (shown: LogicalRange | null): void => {
        if (shown === null || isSame(shown, given.get(member))) return;
        given.delete(member);
        pass(member, (other) => {
          const scale = other.chart.timeScale();
          // As when a page opens and all show everything.
          if (isSame(shown, scale.getVisibleLogicalRange())) return;
          given.set(other, shown);
          scale.setVisibleLogicalRange(shown);
        });
      };
      members.add(member);
      chart.subscribeCrosshairMove(move);
      chart.timeScale().subscribeVisibleLogicalRangeChange(range);
      return {
        show,
        leave() {
          members.delete(member);
          given.delete(member);
          chart.unsubscribeCrosshairMove(move);
          chart.timeScale().unsubscribeVisibleLogicalRangeChange(range);
        },
      };
    },
  };
}

/** To a hundredth of a day: charts round. */
function isSame(a: LogicalRange, b: LogicalRange | null | undefined): boolean {
  return b !== null && b !== undefined && Math.abs(a.from - b.from) < 0.01 && Math.abs(a.to - b.to) < 0.01;
}
