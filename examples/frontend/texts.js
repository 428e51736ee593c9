// The page's own texts in English and Korean. Texts of the service follow Accept-Language, see api.js.
// English texts with a `data-text` name are in index.html; all others are here.

const en = {
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
  resetSent: "If an account has this email, a mail is on its way.",
  passwordReset: "Your new password is saved.",
};

const ko = {
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
  resetSent: "이 주소로 가입한 계정이 있으면 메일이 곧 도착합니다.",
  passwordReset: "새 비밀번호를 저장했습니다.",
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
