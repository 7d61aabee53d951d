// Names the failed tests of vitest's JSON reports given as arguments, and prints the sum of all tests as the last line.
import { existsSync, readFileSync } from "node:fs";

let [passed, failed] = [0, 0];
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    console.log(`${file} is missing: its tests did not run`);
    continue;
  }
  const results = JSON.parse(readFileSync(file, "utf8"));
  passed += results.numPassedTests;
  failed += results.numFailedTests;
  for (const suite of results.testResults) {
    const failedTests = suite.assertionResults.filter(({ status }) => status === "failed");
    if (suite.status === "failed" && failedTests.length === 0) report(suite.name, suite.message);
    for (const { fullName, failureMessages } of failedTests) {
      report(`${suite.name} > ${fullName}`, failureMessages.join("\n"));
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);

/** @param {string} name @param {string} message */
function report(name, message) {
  console.log(`FAILED ${name.replace(`${process.cwd()}/`, "")}`);
  for (const line of message.split("\n").slice(0, 12)) console.log(`  ${line.slice(0, 300)}`);
}
