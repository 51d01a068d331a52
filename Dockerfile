# syntax=docker/dockerfile:1

# ---- build: two static binaries, the same bytes each time -------------------
FROM golang:1.26.8-bookworm AS build
WORKDIR /src
ENV CGO_ENABLED=0 GOTOOLCHAIN=local GOFLAGS=-mod=readonly
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    go build -trimpath -buildvcs=false -tags timetzdata -ldflags='-s -w -buildid=' -o /out/ ./worker ./starter

# ---- run: Debian for its Chinese font, nothing else added -------------------
FROM debian:12.11-slim
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends ca-certificates fonts-lxgw-wenkai \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --user-group --no-create-home --shell /usr/sbin/nologin xuanping \
 && install -d -o xuanping -g xuanping -m 0750 /var/lib/xuanping/evidence
COPY --from=build /out/worker /out/starter /usr/local/bin/
COPY LICENSE /usr/share/doc/xuanping/LICENSE

ENV XUANPING_LISTEN=0.0.0.0:8080 \
    XUANPING_EVIDENCE=/var/lib/xuanping/evidence
USER 10001:10001
WORKDIR /var/lib/xuanping
VOLUME /var/lib/xuanping/evidence
EXPOSE 8080

# bash speaks HTTP here, so that the image needs no curl.
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=4 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/8080 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && head -n1 <&3 | grep -q ' 200 '"]

ENTRYPOINT ["worker"]
