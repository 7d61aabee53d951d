#!/usr/bin/env bash
# Packs what other projects install, tries it in empty projects, and with --publish publishes it.
# The versions are those of the manifests: `npm run version:packages` raises them and writes the changelogs, from the files in .changeset.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/node_modules/.bin:$PATH"

rm -rf tarballs
npm run --silent pack:all
vitest run --project='long*' packaging
[ "${1:-}" = --publish ] || exit 0
for tarball in tarballs/*.tgz; do npm publish "./$tarball" --access public; done
