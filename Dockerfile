# One image for all programs: the service by default, `node dist/cmd/consumer/main.js` for more consumers.
# docker build --tag tsdev-kit .

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY config config
COPY cmd cmd
COPY internal internal
COPY pkg pkg
RUN npx tsc -p tsconfig.json && rm dist/.tsbuildinfo
# only: devbroker
# In production the broker is a real one.
RUN rm -r dist/pkg/devbroker dist/cmd/broker
# end: devbroker

FROM node:24-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM node:24-slim
ENV NODE_ENV=production APP_ENV=production
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json ./
COPY config/*.yaml config/
USER node
EXPOSE 8080 8081
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT ?? process.env.HTTP_PORT ?? 8080}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "--enable-source-maps", "dist/cmd/app/main.js"]
