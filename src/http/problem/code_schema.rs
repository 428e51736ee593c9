//! The schema of problem codes: a string that is one of the table's names.

use utoipa::openapi::{ObjectBuilder, RefOr, Schema, schema::Type};

use super::code::ProblemCode;

impl utoipa::PartialSchema for ProblemCode {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some(
                "The stable code of the failure. `/problems/{code}` explains each.",
            ))
            .enum_values(Some(Self::ALL.iter().map(|code| code.slug())))
            .into()
    }
}

impl utoipa::ToSchema for ProblemCode {}
