"""Prints the samples of Python's libraries, and those of the file that it gets."""

import hashlib
import json
import sys
from importlib.metadata import version

import argon2
import bcrypt
import django
from argon2.low_level import Type
from django.conf import settings
from django.contrib.auth import hashers
from passlib import hash as passlib
from werkzeug.security import generate_password_hash

ASCII = "four-river-candle-oboe"
KOREAN = "비밀번호는 길수록 좋다"
# Devise's default pepper has 128 characters, of which bcrypt reads those that fit.
PEPPER = hashlib.sha512(b"the pepper of the samples").hexdigest()

settings.configure()
django.setup()
# Lower costs than the defaults keep the tests fast. The forms are the same.
hashers.BCryptSHA256PasswordHasher.rounds = 10
ITERATIONS = 20_000


def argon2_of(password, kind, **costs):
    return argon2.PasswordHasher(type=kind, **costs).hash(password)


def django_of(password, hasher, **costs):
    salt = hasher.salt()
    return hasher.encode(password, salt, **costs)


def bcrypt_of(password, prefix=b"2b"):
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(10, prefix)).decode()


def y_of(password):
    # PHP and htpasswd write the same hash with another letter.
    return bcrypt_of(password).replace("$2b$", "$2y$", 1)


samples = [
    ("bcrypt 2a", "bcrypt", ASCII, bcrypt_of(ASCII, b"2a")),
    ("bcrypt 2b", "bcrypt", KOREAN, bcrypt_of(KOREAN)),
    ("bcrypt 2y", "bcrypt", ASCII, y_of(ASCII)),
    ("devise", "bcrypt", ASCII, "devise$" + bcrypt_of(ASCII + PEPPER, b"2a")),
    ("devise", "bcrypt", KOREAN, "devise$" + bcrypt_of(KOREAN + PEPPER, b"2a")),
    ("argon2id", "argon2-cffi", ASCII, argon2_of(ASCII, Type.ID)),
    ("argon2i", "argon2-cffi", KOREAN, argon2_of(KOREAN, Type.I, memory_cost=8192, time_cost=4, parallelism=1)),
    ("argon2d", "argon2-cffi", ASCII, argon2_of(ASCII, Type.D, memory_cost=8192, hash_len=16)),
    ("scrypt", "passlib", ASCII, passlib.scrypt.using(rounds=14).hash(ASCII)),
    ("scrypt", "passlib", KOREAN, passlib.scrypt.using(rounds=10, block_size=4, parallelism=3).hash(KOREAN)),
    ("pbkdf2", "passlib", ASCII, passlib.pbkdf2_sha1.using(rounds=ITERATIONS).hash(ASCII)),
    ("pbkdf2-sha256", "passlib", KOREAN, passlib.pbkdf2_sha256.hash(KOREAN)),
    ("pbkdf2-sha512", "passlib", ASCII, passlib.pbkdf2_sha512.hash(ASCII)),
    ("django pbkdf2_sha256", "Django", ASCII, django_of(ASCII, hashers.PBKDF2PasswordHasher(), iterations=ITERATIONS)),
    ("django pbkdf2_sha1", "Django", KOREAN, django_of(KOREAN, hashers.PBKDF2SHA1PasswordHasher(), iterations=1000)),
    ("django argon2", "Django", ASCII, django_of(ASCII, hashers.Argon2PasswordHasher())),
    ("django scrypt", "Django", KOREAN, django_of(KOREAN, hashers.ScryptPasswordHasher())),
    ("django bcrypt_sha256", "Django", KOREAN, django_of(KOREAN, hashers.BCryptSHA256PasswordHasher())),
    ("django bcrypt", "Django", ASCII, django_of(ASCII, hashers.BCryptPasswordHasher())),
    ("werkzeug pbkdf2", "Werkzeug", ASCII, generate_password_hash(ASCII, f"pbkdf2:sha256:{ITERATIONS}")),
    ("werkzeug pbkdf2 sha512", "Werkzeug", KOREAN, generate_password_hash(KOREAN, "pbkdf2:sha512:2000")),
    ("werkzeug scrypt", "Werkzeug", ASCII, generate_password_hash(ASCII)),
]

document = json.load(open(sys.argv[1], encoding="utf-8"))
document["devise_pepper"] = PEPPER
document["samples"] = [
    {"form": form, "made_by": f"{library} {version(library)}", "password": password, "hash": text}
    for form, library, password, text in samples
] + document["samples"]
json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
print()
