//! Usernames that are reserved for the service.

/// Names of roles, of the mailboxes of RFC 2142 and of paths: keys without separators, sorted.
const RESERVED: &[&str] = &[
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "administrators",
    "admins",
    "all",
    "anonymous",
    "api",
    "auth",
    "billing",
    "config",
    "contact",
    "daemon",
    "daemun",
    "everyone",
    "ftp",
    "guest",
    "healthz",
    "help",
    "helpdesk",
    "hostmaster",
    "info",
    "localhost",
    "login",
    "logout",
    "mail",
    "mailerdaemon",
    "me",
    "moderator",
    "news",
    "nobody",
    "noc",
    "noreply",
    "null",
    "official",
    "operator",
    "owner",
    "password",
    "postmaster",
    "problems",
    "readyz",
    "register",
    "root",
    "sales",
    "security",
    "self",
    "service",
    "session",
    "sessions",
    "settings",
    "signin",
    "signup",
    "staff",
    "superuser",
    "support",
    "swaggerui",
    "sysadmin",
    "system",
    "undefined",
    "usenet",
    "user",
    "username",
    "users",
    "uucp",
    "webmaster",
    "wellknown",
    "www",
    "고객센터",
    "고객지원",
    "공지사항",
    "관리자",
    "시스템",
    "운영자",
    "운영팀",
];

/// Returns whether a name with this key would pass for the service or its staff. Separators are
/// ignored: `no-reply` is `noreply`.
pub(crate) fn is_reserved(key: &str) -> bool {
    let bare: String = key.chars().filter(|c| c.is_alphanumeric()).collect();
    RESERVED.binary_search(&bare.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::username::UsernameKey;

    #[test]
    fn list_is_sorted_and_contains_keys_only() {
        assert!(RESERVED.is_sorted());
        for name in RESERVED {
            assert_eq!(UsernameKey::of(name).unwrap().as_str(), *name);
        }
    }

    #[test]
    fn separators_are_ignored() {
        assert!(is_reserved("no-reply"));
        assert!(is_reserved("a.d.m.i.n"));
        assert!(!is_reserved("adminton"));
    }
}
