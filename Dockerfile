# The binary is one static file, so the image contains little else.
FROM rust:1.95-slim-trixie AS build
WORKDIR /build

# Build tools of OpenSSL, for TLS to PostgreSQL. Their versions are the base image's.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends make perl \
 && rm -rf /var/lib/apt/lists/*

# Naming the target, here the host's own, applies the flags to the binary only: procedural macros cannot be static.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN rustc --print host-tuple > /target

# Build the dependencies first, with empty sources: this layer is cached until a manifest changes.
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock ./
COPY crates/bcrypt-lanes/Cargo.toml crates/bcrypt-lanes/
COPY benches benches
RUN mkdir -p src crates/bcrypt-lanes/src \
 && echo 'fn main() {}' > src/main.rs \
 && touch src/lib.rs crates/bcrypt-lanes/src/lib.rs \
 && cargo build --locked --profile dist --features postgres-tls --bin daemun --target "$(cat /target)"

# COPY keeps file times. `touch` makes cargo rebuild, because the sources become newer than the empty files.
COPY crates crates
COPY migrations migrations
COPY templates templates
COPY src src
RUN find src crates -name '*.rs' -exec touch {} + \
 && cargo build --locked --profile dist --features postgres-tls --bin daemun --target "$(cat /target)" \
 && install -D -m 0755 "target/$(cat /target)/dist/daemun" /image/daemun \
 && install -d -m 0700 /image/volume/data

FROM gcr.io/distroless/static-debian13:nonroot
WORKDIR /
COPY --from=build /image/daemun /daemun
# Copying the parent folder preserves the mode of /data.
COPY --from=build --chown=10001:10001 /image/volume /

# For `sslrootcert=system` in the database URL: the vendored OpenSSL has no default certificate path.
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    DAEMUN_LISTEN=0.0.0.0:8080
# The default database is `data/daemun.db`, relative to this folder. DATABASE_URL is not set here, because
# DATABASE_URL_FILE is rejected beside it.
WORKDIR /
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=3s --start-period=5s --retries=3 CMD ["/daemun", "healthcheck"]
ENTRYPOINT ["/daemun"]
CMD ["serve"]

ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="daemun" \
      org.opencontainers.image.description="Signup and login for an app as one small container" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
