import type { DefaultTheme } from "vitepress";

/** The words around a Korean page. */
export const koreanTheme: DefaultTheme.Config = {
  outline: { level: [2, 3], label: "이 페이지에서" },
  docFooter: { prev: "이전", next: "다음" },
  darkModeSwitchLabel: "테마",
  lightModeSwitchTitle: "밝은 테마로 바꾸기",
  darkModeSwitchTitle: "어두운 테마로 바꾸기",
  sidebarMenuLabel: "메뉴",
  returnToTopLabel: "맨 위로",
  langMenuLabel: "언어 바꾸기",
  navMenuLabel: "주 메뉴",
  mobileMenuLabel: "메뉴",
  extraMenuLabel: "더 보기",
  skipToContentLabel: "본문으로 건너뛰기",
};

/** The words of the search on a Korean page. It finds Korean pages. */
export const koreanSearch: NonNullable<DefaultTheme.LocalSearchOptions["translations"]> = {
  button: { buttonText: "검색", buttonAriaLabel: "검색" },
  modal: {
    displayDetails: "자세히 보기",
    resetButtonTitle: "지우기",
    backButtonTitle: "닫기",
    noResultsText: "한국어 문서에 없습니다. 영문 문서에서 찾아보세요:",
    footer: {
      selectText: "열기",
      selectKeyAriaLabel: "엔터",
      navigateText: "이동",
      navigateUpKeyAriaLabel: "위로",
      navigateDownKeyAriaLabel: "아래로",
      closeText: "닫기",
      closeKeyAriaLabel: "esc",
    },
  },
};
