# The release binary is one static file, so the image holds little besides it.
FROM rust:1.95-slim-trixie AS build
WORKDIR /build

# What OpenSSL is built with, for TLS to PostgreSQL. Its version is the base image's.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends make perl \
 && rm -rf /var/lib/apt/lists/*

# The target is named so that the flags reach the binary alone: procedural macros cannot be static. It is the machine's own.
ENV RUSTFLAGS="-C target-feature=+crt-static"
RUN rustc --print host-tuple > /target

# Dependencies first, against empty sources: this layer stays until a manifest changes.
COPY .cargo .cargo
COPY Cargo.toml Cargo.lock ./
COPY crates/bcrypt-lanes/Cargo.toml crates/bcrypt-lanes/
COPY benches benches
RUN mkdir -p src crates/bcrypt-lanes/src \
 && echo 'fn main() {}' > src/main.rs \
 && touch src/lib.rs crates/bcrypt-lanes/src/lib.rs \
 && cargo build --locked --release --features postgres-tls --bin daemun --target "$(cat /target)"

# Copied files keep their age; touching them tells cargo that they are newer than the empty ones.
COPY crates crates
COPY migrations migrations
COPY templates templates
COPY src src
RUN find src crates -name '*.rs' -exec touch {} + \
 && cargo build --locked --release --features postgres-tls --bin daemun --target "$(cat /target)" \
 && install -D -m 0755 "target/$(cat /target)/release/daemun" /image/daemun \
 && install -d -m 0700 /image/volume/data

FROM gcr.io/distroless/static-debian13:nonroot
WORKDIR /
COPY --from=build /image/daemun /daemun
# As a member of the folder that is copied, it keeps its mode.
COPY --from=build --chown=10001:10001 /image/volume /

# `sslrootcert=system` of a database's URL: an OpenSSL that came along looks nowhere by itself.
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    DAEMUN_LISTEN=0.0.0.0:8080
# The default database is `data/daemun.db` from here. It is not set as a variable: beside one, DATABASE_URL_FILE is refused.
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
      org.opencontainers.image.description="Sign-up and log-in for an app as one small container" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
