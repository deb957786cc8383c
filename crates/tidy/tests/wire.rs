//! Compatibility of the wire: a field number is never reused. `wire.golden` lists every field that
//! ever existed; a removed field stays there and is `reserved` in the .proto.

use std::collections::BTreeSet;

use tidy::{no_breach, read};

const GOLDEN: &str = "crates/tidy/tests/wire.golden";

/// Returns every field as `Message number type name`, and enum values as `Enum number name`.
fn fields(proto: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut scopes: Vec<String> = Vec::new();
    for line in proto.lines() {
        let code = line.split("//").next().unwrap_or_default();
        for statement in code.replace('{', "{;").replace('}', ";};").split(';') {
            let statement = statement.trim();
            if let Some(opened) = statement.strip_suffix('{') {
                let words: Vec<&str> = opened.split_whitespace().collect();
                // A oneof opens no scope: its fields belong to the message.
                scopes.push(match words.as_slice() {
                    ["message" | "enum", name] => (*name).to_owned(),
                    _ => scopes.last().cloned().unwrap_or_default(),
                });
            } else if statement == "}" {
                scopes.pop();
            } else if let (Some((left, number)), Some(scope)) =
                (statement.split_once('='), scopes.last())
            {
                let words: Vec<&str> = left.split_whitespace().collect();
                found.insert(format!("{scope} {} {}", number.trim(), words.join(" ")));
            }
        }
    }
    found
}

#[test]
fn field_numbers_are_never_reused() {
    let now = fields(&read("crates/protocol/proto/websh.proto"));
    let golden = read(GOLDEN);
    let golden: BTreeSet<String> = golden.lines().map(str::to_owned).collect();
    assert!(now.len() > 100, "the .proto was read: {now:#?}");
    let changed: Vec<String> = golden.difference(&now).cloned().collect();
    no_breach("Fields are never changed or removed (reserve the number instead).", &changed);
    let added: Vec<String> = now.difference(&golden).cloned().collect();
    no_breach("New fields are listed in crates/tidy/tests/wire.golden.", &added);
}

#[test]
fn fields_are_read_with_their_scope() {
    let proto = "message A {\n  oneof body { B b = 1; }\n  repeated C c = 2; // = 3\n  message C { uint32 x = 1; }\n}\nenum E { P = 0; Q = 1; }";
    let expected = ["A 1 B b", "A 2 repeated C c", "C 1 uint32 x", "E 0 P", "E 1 Q"];
    assert_eq!(fields(proto).into_iter().collect::<Vec<_>>(), expected);
}
