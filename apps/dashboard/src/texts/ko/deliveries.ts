import type { Texts } from "../texts.ts";

export const deliveries: Texts["deliveries"] = {
  title: "전달",
  lead: "수신자가 콜백을 받았는지",
  callbacks: "콜백",
  receivers: "수신자",
  state: "상태",
  since: "시작일",
  all: "전체",
  columns: {
    execution: "실행",
    state: "상태",
    url: "수신자",
    attempts: "시도",
    answer: "마지막 응답",
    ended: "종료",
    next: "다음 시도",
  },
  receiver: {
    origin: "수신자",
    circuit: "차단기",
    failures: "연속 실패",
    underWay: "진행 중",
    delivered: "마지막 전달",
    failed: "마지막 실패",
    until: (instant) => `${instant}까지`,
    none: "최근에 호출한 수신자가 없습니다.",
  },
  empty: "조건에 맞는 콜백이 없습니다",
  try: "터미널에서 시험해 보세요:",
};
