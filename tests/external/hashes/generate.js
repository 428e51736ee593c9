// Prints the samples of npm's libraries.
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { hashPassword } from "better-auth/crypto";
import { FirebaseScrypt } from "firebase-scrypt";

const ASCII = "four-river-candle-oboe";
const KOREAN = "비밀번호는 길수록 좋다";
// NFKC makes two letters of the ligature, and half-width letters full.
const COMPATIBLE = "ﬁve ｱｲｳｴｵ candles";

const project = { memCost: 14, rounds: 8, saltSeparator: "Bw==", signerKey: randomBytes(64).toString("base64") };
const firebase = new FirebaseScrypt(project);
const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
const sample = (form, library, password, hash) => ({ form, made_by: `${library} ${dependencies[library]}`, password, hash });

const firebaseSample = async (password) => {
  const salt = randomBytes(12).toString("base64");
  return sample("firebase", "firebase-scrypt", password, `firebase$${salt}$${await firebase.hash(password, salt)}`);
};

console.log(JSON.stringify({
  firebase_hash_config: [
    "hash_config {",
    "  algorithm: SCRYPT,",
    `  base64_signer_key: ${project.signerKey},`,
    `  base64_salt_separator: ${project.saltSeparator},`,
    `  rounds: ${project.rounds},`,
    `  mem_cost: ${project.memCost},`,
    "}",
  ].join("\n"),
  samples: [
    sample("better-auth", "better-auth", ASCII, await hashPassword(ASCII)),
    sample("better-auth", "better-auth", COMPATIBLE, await hashPassword(COMPATIBLE)),
    await firebaseSample(ASCII),
    await firebaseSample(KOREAN),
  ],
}));
