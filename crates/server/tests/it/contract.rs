//! Is the description of the API the one that was reviewed, and does every address have its rule?

use serde_json::Value;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");

#[test]
fn the_description_is_the_one_that_was_reviewed() {
    let mut text = serde_json::to_string_pretty(&odla_server::document()).unwrap();
    text.push('\n');
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(FILE, &text).unwrap();
    }
    let kept = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(
        kept == text,
        "openapi.json differs; look at it and run the test with UPDATE=1"
    );
}

#[test]
fn every_operation_says_what_it_asks_of_whoever_comes() {
    let document = odla_server::document();
    let mut open = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            match operation.get("x-permission") {
                None => open.push(format!("{method} {path}")),
                Some(Value::Null | Value::String(_)) => {}
                Some(other) => panic!("{method} {path}: {other}"),
            }
            assert!(
                operation["responses"]["default"].is_object(),
                "{method} {path}"
            );
        }
    }
    open.sort();
    assert_eq!(
        open,
        [
            "get /api/v1/session/oidc",
            "get /api/v1/session/oidc/callback",
            "get /api/v1/status",
            "post /api/v1/invitation",
            "post /api/v1/session",
            "post /api/v1/setup",
        ]
    );
}
