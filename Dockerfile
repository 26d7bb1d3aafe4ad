# syntax=docker/dockerfile:1
# One image for every role. Its file system can be read-only: what is kept lies in /data, what is passing in /tmp.

FROM node:24.11.1-bookworm-slim AS build
WORKDIR /app
COPY . .
# The dashboard needs the tools of development, what runs does not; the image has its own Node.
RUN npm ci --no-audit --no-fund \
 && node_modules/.bin/vite build packages/web --logLevel warn \
 && npm prune --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/node node_modules/node-bin-* node_modules/node-darwin-* node_modules/node-linux-* \
      node_modules/node-win-* node_modules/.bin/node bench docs test packages/web/src \
 && mkdir /data

FROM node:24.11.1-bookworm-slim
ENV NODE_ENV=production \
    GATEWATCH_HOST=0.0.0.0 \
    GATEWATCH_PORT=5000 \
    GATEWATCH_DATA_DIR=/data
COPY --from=build /app /app
COPY --from=build --chown=1000:1000 /data /data
WORKDIR /data
USER 1000:1000
VOLUME /data
EXPOSE 5000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.GATEWATCH_PORT + '/readyz').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/packages/server/bin/gatewatch.js"]
CMD ["serve"]
