// The page's own texts in English and Korean. Texts of the service follow Accept-Language, see api.js.
// English texts with a `data-text` name are in index.html; all others are here.

import { activityEn, activityKo } from "./activity-texts.js";

const en = {
  ...activityEn,
  times: "{number} times",
  byOperator: "by the operator",
  downloaded: "Your data is downloaded.",
  greeting: "Hello, {name}",
  since: "since {date}",
  required: "Please fill this in.",
  show: "Show",
  hide: "Hide",
  wait: "You can try again in {time}.",
  unreachable: "The server cannot be reached. Please check the connection and try again.",
  not_ready: "The service is not ready yet. Please try again in a moment.",
  failed: "Something went wrong. Please try again.",
  quote: "Reference: {id}",
  sessionEnded: "You were logged out: this session was revoked on another device, or it has expired.",
  loggedOut: "You are logged out.",
  roles: "Roles",
  profileSaved: "Your profile is saved.",
  renamed: "Your username is changed.",
  passwordChanged: "Your password is changed. Every other device is logged out.",
  removed: "Your account is deleted.",
  sessionRevoked: "Logged out: {device}.",
  othersRevoked: "Every other device is logged out.",
  revokeOn: "Log out {device}",
  device: "{browser} on {system}",
  unknownDevice: "Unknown device",
  activeNow: "active now",
  activeRecently: "active within the hour",
  active: "active {ago}",
  until: "until {date}",
  captchaFailed: "We could not check that this request is not automated. Please try again.",
  verifyFirst: "Please verify your email first.",
  codeSentTo: "Enter the code from the mail to {email}. It is valid for 15 minutes.",
  verified: "Your email is verified.",
  sent: "A new mail is on its way, unless one was sent a moment ago.",
  mailRequested: "If an account has this email, a mail is on its way.",
  passwordReset: "Your new password is saved.",
  notConfirmed: "You did not confirm, so nothing was changed.",
  challengeExpired: "That took too long or failed too often. Please log in again.",
  passkeyCancelled: "The passkey was not used. Please try again, or choose another way.",
  passkeyExists: "This device already has a passkey for your account.",
  securityOn: "On: a login needs a second proof.",
  securityOff: "Off. Protect your account beyond the password.",
  totpOn: "On since {date}.",
  totpOff: "An app on your phone shows a new code every 30 seconds.",
  totpEnabled: "The authenticator app is set up.",
  totpRemoved: "The authenticator app is removed.",
  passkeyAdded: "The passkey is added.",
  passkeyRemoved: "The passkey is removed: {name}",
  passkeyRenamed: "The passkey is renamed: {name}",
  added: "added {date}",
  lastUsed: "last used {date}",
  neverUsed: "never used",
  removeNamed: "Remove {name}",
  renamePart: "Rename",
  renameNamed: "Rename {name}",
  removePart: "Remove",
  codesLeft: "{number} codes left",
  codesFor: "For the account {name}.",
  copied: "Copied",
  deviceSince: "Device since {date}",
  trustedUntil: "skips the second step until {date}",
  forget: "Forget",
  forgetNamed: "Forget the device of {date}",
  deviceForgotten: "Forgotten.",
  useCode: "Use the authenticator app",
};

const ko = {
  ...activityKo,
  activity: "최근 활동",
  activityHint: "모르는 활동이 있으면 비밀번호를 바꾸세요.",
  showMore: "더 보기",
  times: "{number}번",
  byOperator: "운영자",
  yourData: "내 데이터",
  downloadHint: "나에 관해 저장된 모든 것을 프로그램이 읽을 수 있는 파일로 받습니다.",
  download: "내려받기",
  downloaded: "내 데이터를 내려받았습니다.",
  login: "로그인",
  signup: "회원가입",
  identifier: "사용자 이름 또는 이메일",
  invitation: "초대 코드",
  invitationHint: "메일로 받은 초대는 그 메일을 받은 주소로만 쓸 수 있습니다.",
  username: "사용자 이름",
  usernameHint: "한글 등 모든 언어의 글자와 숫자 {usernameMin}~{usernameMax}자. 사이에 . _ - 를 쓸 수 있습니다.",
  email: "이메일",
  password: "비밀번호",
  passwordHint: "{passwordMin}자 이상. 여러 단어를 이어 쓰면 외우기는 쉽고 추측하기는 어렵습니다.",
  remember: "이 기기에서 로그인 유지",
  newHere: "처음이신가요?",
  haveAccount: "이미 계정이 있으신가요?",
  logout: "로그아웃",
  sessions: "로그인된 기기",
  revokeOthers: "다른 기기 모두 로그아웃",
  settings: "내 계정",
  editProfile: "프로필 편집",
  displayName: "표시할 이름",
  displayNameHint: "비워 두면 사용자 이름이 표시됩니다.",
  about: "소개",
  rename: "사용자 이름 바꾸기",
  newUsername: "새 사용자 이름",
  save: "저장",
  changePassword: "비밀번호 바꾸기",
  currentPassword: "현재 비밀번호",
  newPassword: "새 비밀번호",
  changeHint: "다른 기기는 모두 로그아웃됩니다.",
  remove: "계정 삭제",
  removeHint: "모든 정보가 곧바로 삭제되며 되돌릴 수 없습니다.",
  removeNow: "완전히 삭제",
  unreachableTitle: "응답이 없습니다",
  retry: "다시 시도",
  thisDevice: "이 기기",
  revoke: "로그아웃",
  greeting: "{name} 님, 안녕하세요",
  since: "{date} 가입",
  required: "입력해 주세요.",
  show: "표시",
  hide: "숨기기",
  wait: "{time} 후에 다시 시도할 수 있습니다.",
  unreachable: "서버에 연결할 수 없습니다. 연결을 확인한 뒤 다시 시도해 주세요.",
  not_ready: "서비스가 아직 준비되지 않았습니다. 잠시 후 다시 시도해 주세요.",
  failed: "문제가 발생했습니다. 다시 시도해 주세요.",
  quote: "참조 번호: {id}",
  sessionEnded: "다른 기기에서 세션을 종료했거나 기간이 지나 로그아웃되었습니다.",
  loggedOut: "로그아웃되었습니다.",
  roles: "역할",
  profileSaved: "프로필을 저장했습니다.",
  renamed: "사용자 이름을 바꾸었습니다.",
  passwordChanged: "비밀번호를 바꾸었습니다. 다른 기기는 모두 로그아웃되었습니다.",
  removed: "계정을 삭제했습니다.",
  sessionRevoked: "로그아웃됨: {device}",
  othersRevoked: "다른 기기는 모두 로그아웃되었습니다.",
  revokeOn: "{device} 로그아웃",
  device: "{system}의 {browser}",
  unknownDevice: "알 수 없는 기기",
  activeNow: "지금 사용 중",
  activeRecently: "1시간 이내 사용",
  active: "{ago} 사용",
  until: "{date}까지",
  forgot: "비밀번호를 잊으셨나요?",
  forgotTitle: "새 비밀번호",
  forgotHint: "이 주소로 가입한 계정이 있으면 코드와 링크가 담긴 메일을 보냅니다.",
  sendMail: "메일 보내기",
  haveCode: "코드가 있습니다",
  reset: "새 비밀번호 정하기",
  resetHint: "메일로 받은 코드는 15분 동안 쓸 수 있습니다. 모든 기기에서 로그아웃됩니다.",
  verify: "이메일 인증",
  verifyHint: "코드를 메일로 보냈습니다. 코드는 15분, 함께 온 링크는 하루 동안 쓸 수 있습니다.",
  code: "코드",
  submitCode: "인증",
  resend: "새 코드 받기",
  changeAddress: "이메일 주소 바꾸기",
  addressHint: "새 주소로 코드를 보냅니다. 인증하기 전에는 아무것도 바뀌지 않습니다.",
  newAddress: "새 이메일",
  captchaFailed: "로봇이 아님을 확인하지 못했습니다. 다시 시도해 주세요.",
  verifyFirst: "먼저 이메일을 인증해 주세요.",
  codeSentTo: "{email} 주소로 받은 코드를 입력해 주세요. 15분 동안 쓸 수 있습니다.",
  verified: "이메일 주소를 인증했습니다.",
  sent: "조금 전에 보낸 것이 없으면 새 메일을 보냅니다.",
  mailRequested: "이 주소로 가입한 계정이 있으면 메일이 곧 도착합니다.",
  passwordReset: "새 비밀번호를 저장했습니다.",
  loginPasskey: "패스키로 로그인",
  loginCode: "메일로 받은 코드로 로그인",
  loginCodeHint: "이 주소로 가입한 계정이 있으면 코드가 담긴 메일을 보냅니다.",
  usePassword: "비밀번호로 로그인",
  enterCode: "코드 입력",
  enterCodeHint: "메일로 받은 코드는 15분 동안 쓸 수 있습니다.",
  secondStep: "한 단계 더",
  codeFromApp: "인증 앱에 보이는 여섯 자리 숫자를 입력해 주세요.",
  trustDevice: "이 기기에서는 다시 묻지 않기",
  usePasskey: "패스키 사용",
  useRecoveryCode: "복구 코드 사용",
  useCode: "인증 앱 사용",
  startAgain: "처음부터 다시",
  recoveryTitle: "복구 코드 사용",
  recoveryHint: "보관하거나 인쇄해 둔 코드 하나를 입력해 주세요. 코드는 한 번씩만 쓸 수 있습니다.",
  recoveryCode: "복구 코드",
  back: "뒤로",
  security: "2단계 로그인",
  securityOn: "켜짐: 로그인할 때 한 번 더 확인합니다.",
  securityOff: "꺼짐. 비밀번호 말고도 계정을 지킬 방법을 더해 보세요.",
  totp: "인증 앱",
  totpOn: "{date}부터 사용 중입니다.",
  totpOff: "휴대전화의 앱이 30초마다 새 코드를 보여 줍니다.",
  setUp: "설정하기",
  removePart: "삭제",
  scan: "인증 앱으로 이 QR 코드를 찍거나 앱에 키를 입력하세요. 그런 다음 앱에 나오는 코드를 입력해 주세요.",
  key: "키",
  turnOn: "켜기",
  cancel: "취소",
  totpEnabled: "인증 앱을 설정했습니다.",
  totpRemoved: "인증 앱을 삭제했습니다.",
  passkeys: "패스키",
  passkeysHint: "비밀번호 없이 지문이나 얼굴, 기기 잠금으로 로그인합니다.",
  passkeyName: "새 패스키 이름",
  passkeyNameHint: "이 기기의 이름 등을 적어 두면 좋습니다.",
  addPasskey: "패스키 추가",
  passkeyAdded: "패스키를 추가했습니다.",
  passkeyRemoved: "패스키를 삭제했습니다: {name}",
  renamePasskey: "패스키 이름 바꾸기",
  name: "이름",
  passkeyRenamed: "패스키 이름을 바꾸었습니다: {name}",
  passkeyCancelled: "패스키를 사용하지 못했습니다. 다시 시도하거나 다른 방법을 골라 주세요.",
  passkeyExists: "이 기기에는 이미 이 계정의 패스키가 있습니다.",
  added: "{date} 추가",
  lastUsed: "{date} 마지막 사용",
  neverUsed: "사용한 적 없음",
  removeNamed: "{name} 삭제",
  renamePart: "이름 바꾸기",
  renameNamed: "{name} 이름 바꾸기",
  recoveryCodes: "복구 코드",
  codesHint: "휴대전화나 패스키를 잃어버렸을 때 이 코드로 들어올 수 있습니다.",
  codesLeft: "{number}개 남음",
  renewCodes: "새 코드로 바꾸기",
  codesTitle: "복구 코드",
  codesFor: "{name} 계정의 코드입니다.",
  codesOnce: "인쇄하거나 나만 볼 수 있는 곳에 보관하세요. 다시 보여 드리지 않습니다.",
  print: "인쇄",
  copy: "복사",
  copied: "복사됨",
  done: "보관했습니다",
  devices: "기억된 기기",
  devicesHint: "기억에서 지운 기기는 다시 한 번 더 확인을 거쳐야 합니다.",
  deviceSince: "{date}부터 쓴 기기",
  trustedUntil: "{date}까지 2단계 생략",
  forget: "지우기",
  forgetNamed: "{date}의 기기 지우기",
  forgetOthers: "다른 기기 모두 지우기",
  deviceForgotten: "지웠습니다.",
  confirmTitle: "본인인지 확인해 주세요",
  codeOfApp: "인증 앱의 코드",
  confirm: "확인",
  notConfirmed: "확인하지 않아 아무것도 바꾸지 않았습니다.",
  challengeExpired: "시간이 지났거나 여러 번 틀렸습니다. 다시 로그인해 주세요.",
};

const tables = { en, ko };
const storageKey = "language";
const roots = [document, ...Array.from(document.querySelectorAll("template"), (template) => template.content)];
const parts = () => roots.flatMap((root) => [...root.querySelectorAll("[data-text]")]);
for (const part of parts()) en[part.dataset.text] = part.textContent;

/** The values of the gaps in the texts of index.html. */
const gaps = {};

export const setGaps = (values) => Object.assign(gaps, values);

export const language = () => document.documentElement.lang;

/** Returns a text in the page's language with its `{gaps}` filled; nothing for an unknown name. */
export function text(name, values = {}) {
  return tables[language()][name]?.replace(/\{(\w+)\}/g, (_, gap) => values[gap] ?? "");
}

/** Shows the page in another language. */
export function setLanguage(chosen) {
  document.documentElement.lang = chosen;
  for (const part of parts()) part.textContent = text(part.dataset.text, gaps);
}

export function rememberLanguage(chosen) {
  try {
    localStorage.setItem(storageKey, chosen);
  } catch {
    // Without storage, the next visit starts in the browser's language.
  }
}

/** Returns the language that was chosen before, else the first supported language of the browser. */
export function preferredLanguage() {
  let chosen = null;
  try {
    chosen = localStorage.getItem(storageKey);
  } catch {
    // Without storage, no language was chosen before.
  }
  const preferred = [chosen, ...navigator.languages].map((tag) => tag?.slice(0, 2).toLowerCase());
  return preferred.find((tag) => tag && Object.hasOwn(tables, tag)) ?? "en";
}

/** Returns the browser's variant of the page's language: "en-GB" for "en". */
const locale = () => navigator.languages.find((tag) => tag.startsWith(language())) ?? language();

export const date = (instant) => new Intl.DateTimeFormat(locale(), { dateStyle: "medium" }).format(new Date(instant));

export const dateAndTime = (instant) =>
  new Intl.DateTimeFormat(locale(), { dateStyle: "medium", timeStyle: "short" }).format(new Date(instant));

/** Returns "3 hours ago", in whole hours and days. */
export function ago(milliseconds) {
  const hours = Math.floor(milliseconds / 3_600_000);
  const format = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  return hours < 24 ? format.format(-hours, "hour") : format.format(-Math.floor(hours / 24), "day");
}

/** Returns "12 seconds", or whole minutes from two minutes on. */
export function duration(seconds) {
  const [value, unit] = seconds < 120 ? [seconds, "second"] : [Math.ceil(seconds / 60), "minute"];
  return new Intl.NumberFormat(locale(), { style: "unit", unit, unitDisplay: "long" }).format(value);
}
