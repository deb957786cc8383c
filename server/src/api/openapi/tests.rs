//! Compares the OpenAPI document with the golden file: wording may change; paths, names, types and codes may not.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::*;

const GOLDEN: &str = include_str!("../../../tests/golden/openapi.json");

/// Keys whose children are named by the interface, so that every child is kept.
const NAMED: [&str; 5] = ["paths", "responses", "properties", "schemas", "securitySchemes"];

/// The document without its wording. Error codes, which responses list in backticks, are kept.
fn reduced(value: &Value) -> Value {
    match value {
        Value::Object(object) => Value::Object(reduced_object(object)),
        Value::Array(items) => items.iter().map(reduced).collect(),
        other => other.clone(),
    }
}

fn reduced_object(object: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::new();
    for (key, value) in object {
        match (key.as_str(), value) {
            ("description" | "summary" | "info", _) => {}
            ("responses", Value::Object(responses)) => {
                let responses = responses
                    .iter()
                    .map(|(status, response)| (status.clone(), reduced_response(status, response)));
                kept.insert(key.clone(), Value::Object(responses.collect()));
            }
            (name, Value::Object(children)) if NAMED.contains(&name) => {
                let children = children.iter().map(|(name, child)| (name.clone(), reduced(child)));
                kept.insert(key.clone(), Value::Object(children.collect()));
            }
            _ => {
                kept.insert(key.clone(), reduced(value));
            }
        }
    }
    kept
}

fn reduced_response(status: &str, response: &Value) -> Value {
    let mut kept = reduced(response);
    if status.starts_with(['4', '5']) {
        let description = response["description"].as_str().unwrap_or_default();
        let is_code = |word: &&str| word.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let codes: BTreeSet<&str> =
            description.split('`').skip(1).step_by(2).filter(is_code).collect();
        kept["codes"] = json!(codes);
    }
    kept
}

#[test]
fn the_interface_matches_the_golden_file() {
    let (_, document) = interface();
    let current = reduced(&serde_json::to_value(&document).unwrap());
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let changes = differences("", &golden, &current);
    assert!(changes.is_empty(), "the interface changed:\n{}", changes.join("\n"));
}

/// Places at which two documents differ, as JSON pointers.
fn differences(at: &str, golden: &Value, current: &Value) -> Vec<String> {
    match (golden, current) {
        (Value::Object(golden), Value::Object(current)) => golden
            .keys()
            .chain(current.keys().filter(|key| !golden.contains_key(*key)))
            .flat_map(|key| {
                let none = Value::Null;
                let (golden, current) = (golden.get(key), current.get(key));
                differences(
                    &format!("{at}/{key}"),
                    golden.unwrap_or(&none),
                    current.unwrap_or(&none),
                )
            })
            .collect(),
        _ if golden == current => Vec::new(),
        _ => vec![format!("{at}: was {golden}, is {current}")],
    }
}
