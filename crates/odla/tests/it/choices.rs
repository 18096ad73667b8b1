//! What may be chosen - minutes, money - is the same on every surface, and a decision keeps what it rested on.

use crate::program::Program;
use crate::serve::Server;
use serde_json::{Value, json};

const COMPANY: [&str; 4] = ["--customers", "3000", "--seed", "3"];

fn figure(page: &Value, key: &str) -> Value {
    let figures = page["figures"].as_array().expect("figures");
    let found = figures.iter().find(|figure| figure["key"] == key);
    found.unwrap_or_else(|| panic!("{key} is not told")).clone()
}

/// What each of a list says under a name.
fn told<'v>(list: &'v Value, name: &str) -> Vec<&'v Value> {
    list.as_array()
        .expect("a list")
        .iter()
        .map(|one| &one[name])
        .collect()
}

#[test]
fn plans_and_decisions_are_the_same_in_the_terminal_and_in_the_api() {
    let program = Program::new();
    program.json(&[&["demo", "--no-serve"], COMPANY.as_slice()].concat());
    let kept = program.json(&["show", "allocation"]);
    let asked = program.json(&["reallocate"]);
    // Nothing asked for is the run's own answer, but for the last digit of what was kept as text.
    assert_eq!(asked["sentences"], kept["sentences"]);
    for (asked, kept) in [
        ("tables", "cells"),
        ("figures", "text"),
        ("figures", "interval_text"),
    ]
    .map(|(part, name)| (told(&asked[part], name), told(&kept[part], name)))
    {
        assert_eq!(asked, kept);
    }
    let server = Server::start(&program.folder().join("home"));
    let session = server.set_up();
    let get = |path: &str| server.get(&session, path);
    assert_eq!(get("/reallocation?lang=en")["figures"], asked["figures"]);
    let saved = program.json(&["reallocate", "--save", "0.1", "--keep", "login"]);
    let same = get("/reallocation?save=0.1&keep=login&lang=en");
    assert_eq!(same["figures"], saved["figures"]);
    assert_eq!(same["tables"], saved["tables"]);
    let half = program.json(&["whatif", "--all", "5"]);
    assert_eq!(get("/what-if?all=5&lang=en")["figures"], half["figures"]);

    let send = |body: &Value| {
        let text = body.to_string();
        server.send(
            Some(&session),
            "POST /api/v1/decisions",
            "application/json",
            text.as_bytes(),
        )
    };
    let reason = saved["tables"][1]["rows"][0][0]["said"]["params"]["reason"].clone();
    let lock = format!("minutes.{}", reason.as_str().expect("a reason"));
    let body = json!({
        "subject": "reallocation", "plan": {"save": 0.1, "keep": ["login"]}, "reason": "cheaper and better",
        "loyalty_line": {"estimate": "hardly anybody leaves"}, "doer": "Åsa Öberg", "due": "2999-01-31"
    });
    let mut without = body.clone();
    without["doer"] = Value::Null;
    let (status, _, problem) = send(&without);
    assert_eq!(
        (status, &problem["key"]),
        (422, &json!("decisions.no_deed"))
    );
    let mut late = body.clone();
    late["due"] = json!("2001-01-01");
    assert_eq!(send(&late).0, 422);
    let mut other = body.clone();
    other["moves"] = json!([{"from": "nowhere", "to": null}]);
    assert_eq!(send(&other).0, 404);
    let (status, _, made) = send(&body);
    assert_eq!(status, 201, "{made}");
    let minutes = json!({
        "subject": "service_level", "minutes": [format!("{}=5", lock.trim_start_matches("minutes."))], "reason": "r",
        "loyalty_line": {"unknown_signed": true}, "doer": "Bo", "due": "2999-01-31"
    });
    assert_eq!(send(&minutes).0, 201);
    let nothing = json!({
        "subject": "service_level", "minutes": [], "reason": "r", "loyalty_line": {"unknown_signed": true},
        "doer": "Bo", "due": "2999-01-31"
    });
    assert_eq!(send(&nothing).2["key"], "decisions.nothing_changed");

    let diary = get("/decisions?subject=reallocation&lang=en");
    let decided = &diary["items"][0];
    assert_eq!(decided["doer"], "Åsa Öberg");
    assert_eq!(decided["run"], kept["run"]);
    let gain = figure(&saved, "allocation.gain");
    let rested = figure(decided, "allocation.gain");
    for part in ["value", "lower", "upper", "text", "interval_text", "label"] {
        assert_eq!(rested[part], gain[part], "{part}");
    }
    let moves = saved["tables"][0]["rows"].as_array().expect("moves").len();
    assert_eq!(decided["moves"].as_array().map(Vec::len), Some(moves));
    assert_eq!(get("/decisions")["items"].as_array().map(Vec::len), Some(2));
    let minutes = get("/decisions?subject=service_level");
    assert_eq!(minutes["items"][0]["minutes"][0]["then"], 5.0);

    let path = format!(
        "DELETE /api/v1/decisions/{}",
        made["id"].as_str().expect("an id")
    );
    assert_eq!(server.send(Some(&session), &path, "", b"").0, 204);
    assert_eq!(
        get("/decisions?subject=reallocation")["items"][0]["undone"],
        true
    );

    for (query, key) in [
        ("money=1", "allocation.not_enough_money"),
        ("money=-1", "invalid"),
        ("money=mycket", "invalid"),
        ("lock=nowhere", "unknown_spot"),
        ("process=nowhere=1..2", "allocation.process_limits"),
        ("process=contacts=..1", "allocation.process_limits"),
        ("process=contacts", "invalid"),
        ("save=2", "invalid"),
    ] {
        let (status, _, problem) = server.send(
            Some(&session),
            &format!("GET /api/v1/reallocation?{query}"),
            "",
            b"",
        );
        assert_eq!(
            (status, &problem["key"]),
            (422, &json!(key)),
            "{query}: {problem}"
        );
    }
    let refused = program.run(&["reallocate", "--money", "1"]);
    assert_eq!(refused.code, 1, "{}", refused.stderr);
}
