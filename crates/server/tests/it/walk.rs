//! Every address with every role and with nobody: the list of addresses is the API's own description.

use crate::house::{Asker, House};
use odla_domain::people::{Role, permissions_of};
use reqwest::Method;
use serde_json::{Value, json};

struct Operation {
    method: Method,
    path: String,
    /// None: anybody. Null: whoever is signed in. A word: who has that permission.
    asks: Option<Value>,
}

fn operations() -> Vec<Operation> {
    let document = odla_server::document();
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let path = path.strip_prefix("/api/v1").unwrap();
            let filled = path.split('/').map(|part| match part.starts_with('{') {
                true => "none",
                false => part,
            });
            all.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: filled.collect::<Vec<_>>().join("/"),
                asks: operation.get("x-permission").cloned(),
            });
        }
    }
    // Signing out comes last, or the rest would be asked by nobody.
    all.sort_by_key(|one| one.method == Method::DELETE && one.path == "/session");
    all
}

async fn ask(asker: &Asker, operation: &Operation) -> u16 {
    let changes = operation.method != Method::GET;
    let body = changes.then(|| json!({}));
    let answer = asker
        .send(operation.method.clone(), &operation.path, body)
        .await;
    let status = answer.status().as_u16();
    let kind = answer.headers().get("content-type").cloned();
    if status >= 400 {
        let kind = kind.as_ref().and_then(|kind| kind.to_str().ok());
        let named = format!("{} {} {status}", operation.method, operation.path);
        assert_eq!(kind, Some("application/problem+json"), "{named}");
        let document: Value = answer.json().await.unwrap();
        for field in ["type", "title", "status", "detail", "key"] {
            assert!(!document[field].is_null(), "{named}: {document}");
        }
        let detail = document["detail"].as_str().unwrap();
        assert!(
            !detail.is_empty() && detail != document["key"],
            "{named}: {document}"
        );
        assert!(status < 500, "{named}: {document}");
    }
    status
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_comes_to_what_is_not_open_to_anybody() {
    let house = House::small().await;
    let nobody = house.nobody();
    for operation in operations() {
        let status = ask(&nobody, &operation).await;
        let named = format!("{} {}", operation.method, operation.path);
        match operation.asks {
            None => assert!(!matches!(status, 401 | 405), "{named}: {status}"),
            Some(_) => assert_eq!(status, 401, "{named}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_comes_to_what_its_permissions_allow_and_to_nothing_else() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    for role in Role::ALL {
        let person = house.person(&administrator, &[role.word()], &[]).await;
        let may = permissions_of(&[role]);
        for operation in operations() {
            if operation.asks.is_none() {
                continue;
            }
            let status = ask(&person, &operation).await;
            let named = format!(
                "{} as {}: {}",
                operation.path,
                role.word(),
                operation.method
            );
            let allowed = match operation.asks.as_ref().and_then(Value::as_str) {
                Some(word) => may.iter().any(|permission| permission.word() == word),
                None => true,
            };
            match allowed {
                true => assert!(!matches!(status, 401 | 403 | 405), "{named}: {status}"),
                false => assert_eq!(status, 403, "{named}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_is_made_without_the_token_against_forgery() {
    let house = House::small().await;
    let mut forger = house.administrator().await;
    let right = forger.csrf.take();
    for wrong in [None, Some("x".repeat(right.as_ref().unwrap().len()))] {
        forger.csrf = wrong;
        for operation in operations() {
            if operation.method == Method::GET || operation.asks.is_none() {
                continue;
            }
            let answer = forger
                .send(operation.method.clone(), &operation.path, Some(json!({})))
                .await;
            let document: Value = answer.json().await.unwrap();
            assert_eq!(
                document["key"], "forged",
                "{} {}",
                operation.method, operation.path
            );
        }
    }
    forger.csrf = right;
    assert_eq!(
        forger.status("/session").await,
        200,
        "nothing was carried out"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_from_a_page_of_somebody_else_is_refused() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    let request = administrator
        .request(Method::POST, "/runs")
        .header("sec-fetch-site", "cross-site")
        .header("content-type", "application/json")
        .body("{}");
    assert_eq!(request.send().await.unwrap().status(), 403);
}
