//! Queries of lists: their parameters, the cursor of a page, and its size.

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
        let mut query = QueryReader::of(request.query_string());
        let page = query.page();
        ready(query.checked().map(|()| Self(page)))
    }
}

/// A reader of a query that collects every rejected parameter. One without a value is rejected like
/// any other that is none of the parameter's values.
pub(crate) struct QueryReader {
    pairs: Vec<(String, String)>,
    names: Vec<&'static str>,
    errors: Vec<FieldError>,
}

impl QueryReader {
    /// Creates the reader of a query string.
    pub(crate) fn of(query: &str) -> Self {
        Self {
            pairs: serde_urlencoded::from_str(query).unwrap_or_default(),
            names: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// Returns the values of a parameter that may be repeated.
    pub(crate) fn list<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Vec<T> {
        self.names.push(name);
        let given = self.pairs.iter();
        let given = given.filter(|(given, _)| given == name);
        let mut parsed = Vec::new();
        for (_, value) in given {
            match parse(value) {
                Ok(value) => parsed.push(value),
                Err(reason) => self.errors.push(FieldError::new(name, reason)),
            }
        }
        parsed
    }

    /// Returns the value of a parameter, or `None` if it is absent or rejected.
    pub(crate) fn single<T>(
        &mut self,
        name: &'static str,
        parse: impl Fn(&str) -> Result<T, Invalid>,
    ) -> Option<T> {
        let mut values = self.list(name, parse).into_iter();
        let first = values.next();
        if values.next().is_some() {
            self.errors
                .push(FieldError::new(name, Invalid::DuplicateField));
        }
        first
    }

    /// Returns the page that the query asks for.
    pub(crate) fn page(&mut self) -> Page {
        let cursor = self.single("cursor", |text| Ok(text.to_owned()));
        let limit = self.single("limit", |text| {
            let limit = text.parse().ok();
            let limit = limit.filter(|limit| (1..=MOST).contains(limit));
            limit.ok_or(Invalid::InvalidValue)
        });
        Page {
            cursor,
            limit: limit.unwrap_or(USUAL),
        }
    }

    /// Rejects parameters that were not read: a misspelled condition would be no condition.
    pub(crate) fn reject_unknown(&mut self) {
        for (name, _) in &self.pairs {
            if !self.names.contains(&name.as_str()) {
                let name: String = name.chars().take(64).collect();
                self.errors
                    .push(FieldError::new(name, Invalid::UnknownField));
            }
        }
    }

    /// Returns an error with every rejected parameter.
    pub(crate) fn checked(mut self) -> Result<(), Problem> {
        self.errors.truncate(16);
        if self.errors.is_empty() {
            Ok(())
        } else {
            Err(Problem::validation(self.errors))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<(Option<String>, i64), usize> {
        let mut query = QueryReader::of(query);
        let page = query.page();
        let page = query.checked().map(|()| (page.cursor, page.limit));
        page.map_err(|problem| problem.errors.len())
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
