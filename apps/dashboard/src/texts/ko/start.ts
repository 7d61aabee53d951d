import type { Texts } from "../texts.ts";

export const start: Texts["start"] = {
  title: "새 실행",
  strategy: "전략",
  own: "전략과 매개변수",
  common: "모든 실행의 매개변수",
  around: "라벨과 콜백",
  label: "라벨",
  labelHint: "전략 이름 대신 보이며, 앞부분으로 목록을 거를 수 있습니다.",
  callback: "콜백 URL",
  callbackHint: "실행이 끝나면 이 주소로 결과를 POST합니다.",
  format: "콜백 형식",
  attempts: "콜백 시도 횟수",
  test: {
    send: "시험 전송",
    hint: "합성 가격으로 Bold Asset Allocation을 실행하고 그 결과를 이 URL에 이 형식으로 보냅니다.",
    label: "콜백 시험",
    sending: "보내는 중…",
    answered: (status, took) => `수신자가 ${took} 뒤에 ${status}(으)로 응답했습니다.`,
    failed: (error) => `전달하지 못함: ${error}`,
    answer: "응답",
    open: "시도 열기",
  },
  run: "실행",
  schedule: "일정으로 만들기",
  sweep: "스윕 만들기",
  code: "같은 호출",
  copyProgram: "TypeScript로 복사",
  valid: "올바른 매개변수입니다.",
  universe: "티커",
  missing: (tickers) => `저장된 가격이 없음: ${tickers}`,
  ends: (ticker, day) => `${ticker}은(는) ${day}에 끝납니다`,
  unreadable: "JSON이 아닙니다",
};

export const forms: Texts["forms"] = {
  json: "JSON",
  list: "SPY, QQQ",
};
