# syntax=docker/dockerfile:1
FROM node:22-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY web/ ./
COPY src/Parley.Server/Pages/ ../src/Parley.Server/Pages/
COPY src/Parley.Core/Rendering/ ../src/Parley.Core/Rendering/
RUN npm run build

FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY global.json Directory.Build.props Directory.Packages.props .editorconfig ./
COPY src/ src/
COPY --from=web /src/src/Parley.Server/wwwroot/assets/ src/Parley.Server/wwwroot/assets/
RUN dotnet publish src/Parley.Server -c Release -o /app/server \
 && dotnet publish src/Parley.Cli -c Release -o /app

FROM mcr.microsoft.com/dotnet/aspnet:10.0
# SQLite is the system's; curl serves the health check.
RUN apt-get update && apt-get install -y --no-install-recommends libsqlite3-0 curl && rm -rf /var/lib/apt/lists/* \
 && mkdir /data && chown "$APP_UID" /data
WORKDIR /app
COPY --from=build /app ./
COPY samples/ samples/
# The volume holds the database, the keys that protect its secrets, and the local key that `parley` inside the container uses.
ENV PORT=3000 PARLEY_BIND=0.0.0.0 DATABASE_PATH=/data/sessions.db PARLEY_CREDENTIALS=/data/credentials.json PATH="/app:$PATH"
USER $APP_UID
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=3s --start-period=10s CMD curl -fsS "http://127.0.0.1:${PORT}/healthz" || exit 1
ENTRYPOINT ["/app/server/parley-server"]
