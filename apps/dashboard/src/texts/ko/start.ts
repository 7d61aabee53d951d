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
  run: "실행",
  schedule: "일정으로 만들기",
  sweep: "스윕 만들기",
  code: "같은 호출",
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
