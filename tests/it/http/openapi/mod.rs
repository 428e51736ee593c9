//! The OpenAPI document.

mod document;
mod examples;

use serde_json::Value;

/// Returns the example of a request body as Swagger UI composes it, from the schema or the fields.
fn example(document: &Value, schema: &str) -> Value {
    let schema = &document["components"]["schemas"][schema];
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    let fields = schema["properties"].as_object().unwrap().iter();
    let examples = fields.map(|(name, field)| {
        let example = field.get("example").or_else(|| field["examples"].get(0));
        let example = example.unwrap_or_else(|| panic!("no example of {name}"));
        (name.clone(), example.clone())
    });
    Value::Object(examples.collect())
}
