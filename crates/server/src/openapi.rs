//! What does the API say of itself? The document is made from the routes that serve.

use crate::problem::ProblemDocument;
use crate::routes;
use crate::rules::{ROOT, Rule, rule_of};
use crate::shared::App;
use axum::http::Method;
use serde_json::{Value, json};
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Odla",
        description = "Everything that the pages of Odla can do. Errors are problem documents (RFC 9457) whose `key` \
                       is a translation key. Changes made with a session's cookie carry `X-CSRF-Token`; a token is \
                       sent as `Authorization: Bearer odla_...`. `x-permission` tells what an address asks of whoever \
                       comes."
    ),
    components(schemas(ProblemDocument))
)]
struct Described;

/// Routes that answer at once.
pub fn quick() -> OpenApiRouter<App> {
    OpenApiRouter::new().nest(ROOT, routes::quick())
}

/// Routes that may take long, since much is sent or read.
pub fn slow() -> OpenApiRouter<App> {
    OpenApiRouter::new().nest(ROOT, routes::slow())
}

/// The OpenAPI document, as `odla openapi` prints it and `openapi.json` holds it.
pub fn document() -> Value {
    let mut api = OpenApiRouter::<App>::with_openapi(Described::openapi())
        .merge(quick())
        .merge(slow())
        .into_openapi();
    api.info.version = env!("CARGO_PKG_VERSION").to_owned();
    let mut document = serde_json::to_value(&api).unwrap_or(Value::Null);
    complete(&mut document);
    document
}

/// What is sent to us: fields that may be left out.
const SENT: &[&str] = &[
    "SignIn",
    "SetUp",
    "Invitation",
    "UploadForm",
    "LoyaltyLineView",
];

/// Fields of answers that are left out when there is nothing to tell.
const SOMETIMES: &[(&str, &str)] = &[
    ("PersonView", "invitation"),
    ("CustomerColumn", "words"),
    ("Problem", "fields"),
];

/// Every field of an answer is there, if only as null: whoever reads the document should know.
fn require(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else {
        return;
    };
    let known: Vec<String> = schemas.keys().cloned().collect();
    for (name, schema) in schemas {
        let sent = name.ends_with("Create") || name.ends_with("Update");
        if sent || SENT.contains(&name.as_str()) {
            continue;
        }
        // A list is told by the name of what it lists.
        if let Some(item) = name
            .strip_prefix("ListOf_")
            .filter(|item| known.iter().any(|one| one == item))
        {
            schema["properties"]["items"]["items"] =
                json!({"$ref": format!("#/components/schemas/{item}")});
        }
        let Some(properties) = schema["properties"].as_object() else {
            continue;
        };
        let always = |field: &&String| !SOMETIMES.contains(&(name.as_str(), field.as_str()));
        schema["required"] = properties.keys().filter(always).cloned().collect();
    }
}

/// Adds to every operation what is true of all of them.
fn complete(document: &mut Value) {
    require(document);
    document["components"]["securitySchemes"] = json!({
        "session": {"type": "apiKey", "in": "cookie", "name": "odla"},
        "token": {"type": "http", "scheme": "bearer"},
    });
    let Some(paths) = document["paths"].as_object_mut() else {
        return;
    };
    for (path, operations) in paths {
        let Some(operations) = operations.as_object_mut() else {
            continue;
        };
        for (method, operation) in operations {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else {
                continue;
            };
            // The names of functions are told apart by their room.
            let name = format!(
                "{}_{}",
                operation["tags"][0].as_str().unwrap_or_default(),
                operation["operationId"].as_str().unwrap_or_default()
            );
            operation["operationId"] = json!(name);
            operation["responses"]["default"] = json!({
                "description": "A problem",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            });
            let permission = match rule_of(&method, path) {
                Some(Rule::Anyone) => continue,
                Some(Rule::Needs(permission)) => json!(permission.word()),
                Some(Rule::SignedIn) | None => Value::Null,
            };
            operation["x-permission"] = permission;
            operation["security"] = json!([{"session": []}, {"token": []}]);
        }
    }
}
