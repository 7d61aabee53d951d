#!/usr/bin/env bash
# The long tests, then the quick tests again on the embedded database, and those of the database and the engine on Debian's
# PostgreSQL, the oldest version that is supported.
# With arguments: only the long tests, with these.
set -uo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

vitest run --project='long*' "$@"
status=$?
[ $# -eq 0 ] || exit "$status"

# shellcheck disable=SC2046 # one argument for each file
TEST_DATABASES=pglite TEST_RESULTS=node_modules/.vitest/results-embedded.json \
  vitest run --project='quick*' \
  $(grep -rlE --include='*.test.ts' 'describeDatabases|createTestDatabase\(\)' apps packages --exclude='*.long.test.ts' --exclude-dir=node_modules) || status=1

export POSTGRES_BIN=/usr/lib/postgresql/15/bin
if [ -x "$POSTGRES_BIN/postgres" ]; then
  unset TEST_DATABASE_URL
  TEST_RESULTS=node_modules/.vitest/results-debian.json \
    vitest run --project=quick packages/db packages/core/src/engine packages/core/src/operations --testNamePattern=ostgre || status=1
elif [ "${REQUIRE_DEBIAN_POSTGRES:-}" = 1 ]; then
  echo "PostgreSQL 15 is not installed in $POSTGRES_BIN" >&2
  status=1
else
  echo "Skipped: the tests on PostgreSQL 15, which is not installed in $POSTGRES_BIN"
fi
exit "$status"
