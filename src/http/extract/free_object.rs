//! JSON objects of a body that the service stores for an app and does not interpret.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::domain::{invalid::Invalid, json_object::JsonObject};

/// A JSON object with any members. Of members with one name the last counts, as in ECMAScript.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FreeObject(Map<String, Value>);

impl FreeObject {
    /// The name by which the reader of bodies recognizes the type.
    pub const NAME: &str = "FreeObject";

    /// Returns the object as it was sent.
    pub fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// Returns the object to store, unless it is too deep or too large.
    pub fn parse(&self) -> Result<JsonObject, Invalid> {
        JsonObject::new(&self.0)
    }
}
