# The commands of every day; `just` lists them.
_default:
    @just --list

# Formatting, lints and licences, as strictly as CI
check:
    cargo fmt --all --check
    cargo clippy --workspace --all-targets --locked -- -D warnings
    cargo deny check licenses bans sources

# Every test that needs nothing but the toolchain
test *arguments:
    cargo test --workspace --locked {{ arguments }}

# The same on a PostgreSQL server that goes with it
test-postgres *arguments:
    tests/postgres/run cargo test --locked --test it {{ arguments }}

# The judges that need a browser, npm or Python tools
external:
    tests/external/run

# Write openapi/openapi.json anew from the code
bless:
    mkdir -p target
    cargo run --quiet -- openapi > target/openapi.json
    mv target/openapi.json openapi/openapi.json

# Create the two folders of a new migration, one a database
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

# Build the container image `daemun`
image:
    docker build --tag daemun --build-arg VERSION="$(cargo pkgid | sed 's/.*[#@]//')" --build-arg REVISION="$(git rev-parse HEAD)" .

# Print the benchmarks' tables
bench *arguments:
    cargo bench {{ arguments }}
