# Everyday commands; `just` lists them.
_default:
    @just --list

# Check formatting, lints and licences as strictly as CI
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo deny check licenses bans sources

# Run every test that needs only the toolchain
test *arguments:
    tests/skipped cargo test --workspace --locked {{ arguments }}

# Run the tests on a temporary PostgreSQL server
test-postgres *arguments:
    tests/skipped tests/postgres/run cargo test --locked --test it {{ arguments }}

# Run the external checks, which need a browser, npm and Python tools
external:
    tests/external/run

# Regenerate the OpenAPI documents from the code
bless:
    mkdir -p target
    cargo run --quiet -- openapi > target/openapi.json
    mv target/openapi.json openapi/openapi.json
    cargo run --quiet -- openapi --admin > target/admin.json
    mv target/admin.json openapi/admin.json

# Create the folders of a new migration, one for each database
migration name:
    #!/bin/sh
    set -eu
    folder=$(date -u +%Y-%m-%d-%H%M%S)_{{ if name =~ '^[a-z][a-z0-9_]*$' { name } else { error("a migration's name is lower_snake_case") } }}
    for database in sqlite postgres; do
        mkdir "migrations/$database/$folder"
        touch "migrations/$database/$folder/up.sql" "migrations/$database/$folder/down.sql"
        echo "migrations/$database/$folder"
    done

# Run the service: http://127.0.0.1:8080
run *arguments:
    cargo run -- {{ arguments }}

# Build the documentation as a book in target/book
book:
    PATH="${CARGO_TARGET_DIR:-target}/external-tools/bin:$PATH" mdbook build docs

# Build the container image `daemun`
image:
    docker build --tag daemun --build-arg VERSION="$(cargo pkgid | sed 's/.*[#@]//')" --build-arg REVISION="$(git rev-parse HEAD)" .

# Measure the build: from an empty folder, then after a change in one file
build-time:
    #!/usr/bin/env bash
    set -euo pipefail
    export CARGO_TARGET_DIR=target/build-time
    rm -rf "$CARGO_TARGET_DIR"
    for profile in dev release; do
        time cargo build --profile "$profile" --locked --timings
        touch src/lib.rs
        time cargo build --profile "$profile" --locked
    done

# Run the benchmarks and print their tables
bench *arguments:
    cargo bench --profile dist {{ arguments }}
