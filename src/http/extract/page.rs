//! The query of a list: the cursor of a page, and its size.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::{
    domain::invalid::Invalid,
    http::problem::{FieldError, Problem},
    service::Page,
};

/// The entries of a page that asks for no number.
const USUAL: i64 = 50;

/// The most entries of a page.
const MOST: i64 = 100;

/// A page of a list.
#[derive(Debug)]
pub struct PageQuery(pub Page);

impl FromRequest for PageQuery {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(parse(request.query_string()).map_err(Problem::validation))
    }
}

/// Reads the query. A limit without a value is rejected like any other that is no number.
fn parse(query: &str) -> Result<PageQuery, Vec<FieldError>> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query).unwrap_or_default();
    let mut errors = Vec::new();
    let mut single = |name: &'static str| {
        let mut values = pairs.iter().filter(|(given, _)| given == name);
        let first = values.next().map(|(_, value)| value.clone());
        if values.next().is_some() {
            errors.push(FieldError::new(name, Invalid::DuplicateField));
        }
        first
    };
    let (cursor, limit) = (single("cursor"), single("limit"));
    let limit = limit.map_or(Some(USUAL), |text| text.parse().ok());
    let limit = limit.filter(|limit| (1..=MOST).contains(limit));
    if limit.is_none() {
        errors.push(FieldError::new("limit", Invalid::InvalidValue));
    }
    match limit {
        Some(limit) if errors.is_empty() => Ok(PageQuery(Page { cursor, limit })),
        Some(_) | None => Err(errors),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<(Option<String>, i64), usize> {
        match parse(query) {
            Ok(PageQuery(Page { cursor, limit })) => Ok((cursor, limit)),
            Err(errors) => Err(errors.len()),
        }
    }

    #[test]
    fn query_has_a_cursor_and_a_limit_from_1_to_100() {
        let cursor = Some(String::from("a b"));
        for (query, expected) in [
            ("", Ok((None, 50))),
            ("limit=", Err(1)),
            ("cursor=", Ok((Some(String::new()), 50))),
            ("limit=1", Ok((None, 1))),
            ("limit=100&cursor=a+b&other=1", Ok((cursor, 100))),
            ("limit=0", Err(1)),
            ("limit=101", Err(1)),
            ("limit=ten", Err(1)),
            ("limit=1&limit=2", Err(1)),
            ("cursor=a&cursor=b&limit=-1", Err(2)),
        ] {
            assert_eq!(read(query), expected, "{query}");
        }
    }
}
