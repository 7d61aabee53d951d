import type { IChartApi, ISeriesApi, LogicalRange, SeriesType, Time } from "lightweight-charts";

interface Member {
  readonly chart: IChartApi;
  readonly series: ISeriesApi<SeriesType>;
  /** The value on a day, at which the crosshair is drawn. */
  valueAt(day: string): number | null;
}

/** Charts over the same days that share one crosshair and one visible range. */
export interface ChartGroup {
  join(member: Member): () => void;
}

export function createChartGroup(): ChartGroup {
  const members = new Set<Member>();
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
      const move = ({ time }: { readonly time?: Time }): void =>
        pass(member, (other) => {
          const value = typeof time === "string" ? other.valueAt(time) : null;
          if (value === null) other.chart.clearCrosshairPosition();
          else other.chart.setCrosshairPosition(value, time!, other.series);
        });
      const range = (shown: LogicalRange | null): void => {
        if (shown !== null) pass(member, (other) => other.chart.timeScale().setVisibleLogicalRange(shown));
      };
      members.add(member);
      chart.subscribeCrosshairMove(move);
      chart.timeScale().subscribeVisibleLogicalRangeChange(range);
      return () => {
        members.delete(member);
        chart.unsubscribeCrosshairMove(move);
        chart.timeScale().unsubscribeVisibleLogicalRangeChange(range);
      };
    },
  };
}
