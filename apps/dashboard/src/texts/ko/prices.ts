import type { Texts } from "../texts.ts";

export const prices: Texts["prices"] = {
  title: "가격",
  columns: {
    ticker: "티커",
    first: "첫날",
    last: "마지막 날",
    rows: "행",
    source: "출처",
    exchange: "거래소",
    age: "최신성",
    holes: "특이 사항",
  },
  current: "최신",
  behind: (sessions) => `${sessions} 늦음`,
  upload: "CSV 올리기",
  uploadTicker: "티커 열이 없는 파일의 티커",
  uploading: "올리는 중",
  uploaded: (rows, tickers) => `티커 ${tickers}개의 ${rows}행을 불러왔습니다.`,
  refresh: "새로 고침",
  refreshed: "새로 고쳤습니다",
  empty: "저장된 가격이 없습니다",
  emptyText: "date, ticker, close, adj_close 열이 있는 CSV를 올리거나 가져오세요:",
  one: {
    curve: "수정 종가",
    sentence: (ticker, from, to) => `${from}부터 ${to}까지 분할과 배당을 반영한 ${ticker} 가격입니다.`,
    facts: "저장된 내용",
    warnings: "특이 사항",
    noWarnings: "특이한 점이 없습니다.",
  },
};
