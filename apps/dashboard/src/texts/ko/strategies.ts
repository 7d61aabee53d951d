import type { Texts } from "../texts.ts";

export const strategies: Texts["strategies"] = {
  title: "전략",
  columns: { name: "이름", family: "종류", description: "설명", decides: "결정 시점", version: "버전" },
  find: "찾기",
  schedules: {
    daily: "매일",
    "week-end": "주말",
    "month-end": "월말",
    "quarter-end": "분기말",
    "year-end": "연말",
    once: "한 번",
  },
  one: {
    source: "출처",
    universe: "티커",
    variants: "변형",
    parameters: "매개변수",
    parameter: "매개변수",
    usual: "기본값",
    meaning: "의미",
    published: "발표된 성과",
    period: "기간",
    latest: "최근 실행",
    noExecutions: "아직 실행한 적이 없습니다.",
    run: "실행",
    schedule: "일정",
    sweep: "스윕",
    needs: "매개변수가 있어야 알 수 있음",
  },
};
