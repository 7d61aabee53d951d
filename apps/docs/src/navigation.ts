import type { DefaultTheme } from "vitepress";
import { readText } from "./checkout.ts";
import { koreanOf, pages, placeOf } from "./pages.ts";

type Language = "en" | "ko";
type Words = Readonly<Record<Language, string>>;

interface Page {
  readonly text: Words;
  /** The file, perhaps with a heading: `docs/api-usage.md#trpc`. */
  readonly file: string;
  /** Pages below it, closed at first. */
  readonly below?: readonly Page[];
}

interface Section {
  readonly text: Words;
  readonly pages: readonly Page[];
}

const page = (en: string, ko: string, file: string, below?: readonly Page[]): Page => ({
  text: { en, ko },
  file,
  ...(below && { below }),
});

/** In the order of what a reader wants: first to see something, last to look something up. */
const sections: readonly Section[] = [
  {
    text: { en: "First steps", ko: "첫걸음" },
    pages: [
      page("What it is", "소개", "README.md"),
      page("First steps", "첫걸음", "docs/first-steps.md"),
      page("Dashboard", "대시보드", "docs/dashboard.md"),
      page("Command line", "명령줄", "docs/cli.md"),
    ],
  },
  {
    text: { en: "Run a strategy", ko: "전략 실행하기" },
    pages: [
      page("Parameters and results", "파라미터와 결과", "docs/strategies.md"),
      page("All strategies", "전략 목록", "docs/strategies/README.md", pagesBelow("docs/strategies/")),
      page("Bold Asset Allocation", "Bold Asset Allocation", "docs/baa-strategy.md"),
      page("Sweeps", "파라미터 격자", "docs/sweeps.md"),
    ],
  },
  {
    text: { en: "Write a strategy", ko: "전략 작성하기" },
    pages: [
      page("Write a strategy", "전략 작성하기", "docs/write-a-strategy.md"),
      page("In a project of your own", "내 프로젝트에서 작성하기", "packages/core/README.md"),
    ],
  },
  {
    text: { en: "Real prices", ko: "실제 가격" },
    pages: [page("Prices", "가격", "docs/prices.md")],
  },
  {
    text: { en: "Schedules", ko: "일정" },
    pages: [page("Schedules", "일정", "docs/schedules.md"), page("Notifications", "알림", "docs/notifications.md")],
  },
  {
    text: { en: "Receive callbacks", ko: "콜백 받기" },
    pages: [
      page("Callback guide", "콜백 안내서", "docs/callback-guide.md"),
      page(
        "Receivers to copy",
        "복사해 쓰는 수신 서버",
        "examples/receivers/README.md",
        pagesBelow("examples/receivers/"),
      ),
      page("Callbacks of your own API", "내 API의 콜백", "docs/callbacks.md"),
      page("The callback package", "콜백 패키지", "packages/callback/README.md"),
    ],
  },
  {
    text: { en: "The three APIs", ko: "세 가지 API" },
    pages: [
      page("REST", "REST", "docs/api-usage.md"),
      page("tRPC", "tRPC", "docs/api-usage.md#trpc"),
      page("GraphQL", "GraphQL", "docs/api-usage.md#graphql"),
      page("Clients and packages", "클라이언트와 패키지", "docs/clients.md"),
      page("The TypeScript client", "TypeScript 클라이언트", "packages/client/README.md"),
      page("From Node", "Node에서", "examples/node/README.md"),
      page("From a browser", "브라우저에서", "examples/browser/README.md"),
      page("From Python", "Python에서", "examples/python/README.md"),
    ],
  },
  {
    text: { en: "Operate", ko: "운영" },
    pages: [
      page("Deployment", "배포", "docs/deployment.md"),
      page("Operating", "운영", "docs/operating.md"),
      page("Scaling", "확장", "docs/scaling.md"),
      page("Upgrading", "업그레이드", "docs/upgrading.md"),
      page("Security", "보안", "SECURITY.md"),
    ],
  },
  {
    text: { en: "Reference", ko: "참고 자료" },
    pages: [
      page("Settings", "설정", "docs/configuration.md"),
      page("Operations", "오퍼레이션", "docs/operations.md"),
      page("Changes", "변경 내역", "CHANGELOG.md"),
    ],
  },
];

/** The files of the English pages that the navigation leads to. */
export const navigated: readonly string[] = sections
  .flatMap((section) => section.pages.flatMap((listed) => [listed, ...(listed.below ?? [])]))
  .map(({ file }) => file.replace(/#.*/, ""));

/** The navigation in a language. A Korean entry leads to the English page where there is no Korean one, and says so. */
export function sidebar(language: Language): DefaultTheme.SidebarItem[] {
  return sections.map((section) => ({
    text: section.text[language],
    items: section.pages.map((listed) => entry(listed, language)),
  }));
}

function entry({ text, file, below }: Page, language: Language): DefaultTheme.SidebarItem {
  const [english = "", heading] = file.split("#");
  const korean = language === "ko" ? koreanOf(english) : undefined;
  const isForeign = language === "ko" && korean === undefined;
  return {
    text: isForeign ? `${text.ko} (영문)` : text[language],
    link: `/${placeOf(korean ?? english).replace(/(?:index)?\.md$/, "")}${heading === undefined ? "" : `#${heading}`}`,
    ...(below && { collapsed: true, items: below.map((under) => entry(under, language)) }),
  };
}

/** The pages of a folder other than its README, under their titles. */
function pagesBelow(folder: string): Page[] {
  const files = pages.filter((file) => file.startsWith(folder) && file !== `${folder}README.md`);
  return files.map((file) => {
    const title = /^# (.+)$/m.exec(readText(file))?.[1]?.replaceAll("`", "") ?? file;
    return page(title, title, file);
  });
}
