import type { NotificationTexts } from "./notification-texts.ts";

export const korean: NotificationTexts = {
  locale: "ko-KR",
  states: { completed: "완료", failed: "실패", cancelled: "취소됨" },
  newDecision: "새 결정",
  sameDecision: "결정 유지",
  firstDecision: "첫 결정",
  decision: "보유",
  change: "변경",
  cash: "현금",
  decidedOn: "결정일",
  tradedOn: "거래일",
  return: "수익률",
  cagr: "연평균 수익률",
  sharpe: "샤프 지수",
  maxDrawdown: "최대 낙폭",
  finalValue: "최종 평가액",
  lastMonths: (count) => `최근 ${count}개월 자산`,
  open: "실행 열기",
  execution: "실행",
};
