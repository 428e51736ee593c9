//! Times as the database stores them.

use std::time::Duration;

use time::{
    OffsetDateTime, PrimitiveDateTime,
    format_description::{BorrowedFormatItem, well_known::Rfc3339},
    macros::format_description,
};

/// RFC 3339 in UTC with six fraction digits, so that texts sort like their times.
const RFC_3339: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:6]Z");

/// The preferred form of dates in HTTP (RFC 9110 section 5.6.7).
const IMF_FIXDATE: &[BorrowedFormatItem<'_>] = format_description!(
    "[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT"
);

/// A time: microseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// Returns the time `micros` microseconds after the epoch.
    #[must_use]
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Returns the microseconds since the epoch.
    #[must_use]
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Returns the whole seconds since the epoch, as in JWTs (RFC 7519 section 2).
    #[must_use]
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Returns the time this many seconds after the epoch.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Returns the time `span` later, at most the last one.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(micros(span)))
    }

    /// Returns the time `span` earlier, at least the first one.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(micros(span)))
    }

    /// Parses a time in RFC 3339, with any offset.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        i64::try_from(time.unix_timestamp_nanos() / 1_000)
            .ok()
            .map(Self)
    }

    /// Parses a date of an HTTP header in its preferred form (RFC 9110 section 5.6.7).
    #[must_use]
    pub fn parse_http_date(text: &str) -> Option<Self> {
        let time = PrimitiveDateTime::parse(text, IMF_FIXDATE).ok()?;
        Some(Self::from_seconds(time.assume_utc().unix_timestamp()))
    }

    /// Returns the number of the window of this length in which the time is.
    #[must_use]
    pub fn window(self, length: Duration) -> i64 {
        self.0.div_euclid(micros(length).max(1))
    }

    /// Returns the duration since an earlier time, or zero since a later one.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        let micros = self.0.saturating_sub(earlier.0);
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }

    /// Returns the time in RFC 3339 and UTC, such as `2026-11-22T13:05:09.250000Z`, or the end of
    /// year 9999 if RFC 3339 cannot express it.
    #[must_use]
    pub fn rfc3339(self) -> String {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .ok()
            .filter(|moment| (0..=9999).contains(&moment.year()))
            .and_then(|moment| moment.format(RFC_3339).ok())
            .unwrap_or_else(|| String::from("9999-12-31T23:59:59.999999Z"))
    }
}

fn micros(span: Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_rfc_3339_with_six_fraction_digits() {
        for (micros, written) in [
            (0, "1970-01-01T00:00:00.000000Z"),
            (1_790_000_000_000_000, "2026-09-21T14:13:20.000000Z"),
            (1_790_000_000_250_000, "2026-09-21T14:13:20.250000Z"),
            (1_790_000_000_000_007, "2026-09-21T14:13:20.000007Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
        ] {
            assert_eq!(Timestamp::from_micros(micros).rfc3339(), written);
        }
    }

    #[test]
    fn parses_rfc_3339_with_any_offset() {
        for (text, micros) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-01T09:00:00.000007+09:00", Some(7)),
            ("2026-09-21T14:13:20.250000Z", Some(1_790_000_000_250_000)),
            ("2026-09-21", None),
            ("", None),
        ] {
            let parsed = Timestamp::parse(text).map(Timestamp::as_micros);
            assert_eq!(parsed, micros, "{text}");
        }
    }

    #[test]
    fn parses_dates_of_http_headers() {
        for (text, seconds) in [
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777)),
            ("06 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 08:49:37 CET", None),
            ("120", None),
        ] {
            let parsed = Timestamp::parse_http_date(text).map(Timestamp::as_seconds);
            assert_eq!(parsed, seconds, "{text}");
        }
    }

    #[test]
    fn never_overflows() {
        let end = Timestamp::from_micros(i64::MAX);
        assert_eq!(end.plus(Duration::MAX), end);
        assert_eq!(end.rfc3339(), "9999-12-31T23:59:59.999999Z");
        assert!(Timestamp::from_micros(i64::MIN).minus(Duration::MAX) < end);
    }
}
