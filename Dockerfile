FROM node:24.21.0-slim AS build
WORKDIR /app
COPY . .
# Without install scripts: the only one would fetch the Node that this image has already.
RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/pnpm-store \
  npm run bootstrap -- --prod --ignore-scripts --filter "@strategy-executor/server..." --store-dir=/pnpm-store

# The workspace keeps its layout, because Node strips no types below node_modules.
FROM node:24.21.0-slim
WORKDIR /app
COPY --from=build /app ./
RUN install --directory --owner=node --group=node /data
USER node
# AUTH is not set here: whoever runs the image on a network decides on it, and is told so if nothing is said.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000 DATA_DIR=/data
VOLUME /data
EXPOSE 8000
# A process with ROLE=worker does not listen: run it with --no-healthcheck.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s \
  CMD ["node", "--eval", "fetch('http://127.0.0.1:' + process.env.PORT + '/healthz').then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["scripts/serve.sh"]
