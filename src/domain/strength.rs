//! Whether a password is among the first that an attacker tries; it must not know what is done about it.

use zeroize::Zeroizing;
use zxcvbn::{Score, zxcvbn};

use super::{email::local_part, password::NewPassword};

/// Code points that are looked at: more would only cost time (the estimate takes 1 to 12 ms).
const MAX_EXAMINED: usize = 64;

/// Whether fewer than a million guesses would find it (a zxcvbn score under 2; Wheeler, USENIX Security 2016), by one
/// who knows the user name and the e-mail address. Takes milliseconds of processor time: not for an async thread.
#[must_use]
pub fn is_common(password: &NewPassword, username: &str, email: &str) -> bool {
    let mut examined = Zeroizing::new(String::with_capacity(password.expose().len()));
    examined.extend(password.expose().chars().take(MAX_EXAMINED));
    zxcvbn(&examined, &[username, local_part(email), email]).score() < Score::Two
}
