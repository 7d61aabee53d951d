#!/bin/sh
# Runs the command line in the image, where everything is installed.
exec node --disable-warning=ExperimentalWarning /app/apps/cli/src/main.ts "$@"
