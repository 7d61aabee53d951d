/** Hints of the API, such as `day_order=dmy`, as options of the command line: `--day-order dmy`. */
export function asOptions(message: string): string {
  return message
    .replaceAll("skip_bad_rows=true", "--skip-bad-rows")
    .replaceAll("day_order=", "--day-order ")
    .replaceAll(/\b(decimal|charset|ticker)=(?=[a-zA-Z])/g, "--$1 ")
    .replaceAll("(ticker=)", "(--ticker)");
}
