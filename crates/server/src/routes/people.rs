//! People, their roles and units, and the tokens of programs that speak for them.

use crate::answer::ListOf;
use crate::asker::Reader;
use crate::problem::Problem;
use crate::shared::App;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use odla_app::people::Newcomer;
use odla_app::{Denied, Person, PersonChange, Token};
use odla_domain::people::{Permission, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(Debug, Serialize, ToSchema)]
struct PersonView {
    id: String,
    name: String,
    email: String,
    language: String,
    roles: Vec<String>,
    unit_ids: Vec<String>,
    active: bool,
    has_password: bool,
    has_oidc: bool,
    version: i64,
    /// The secret of a link that was made just now: `/invitation#<secret>`.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct PersonCreate {
    name: String,
    email: String,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    unit_ids: Vec<String>,
    /// Without one the answer holds an invitation.
    #[serde(default)]
    password: Option<String>,
}

#[derive(Deserialize, ToSchema)]
struct PersonUpdate {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    roles: Option<Vec<String>>,
    #[serde(default)]
    unit_ids: Option<Vec<String>>,
    #[serde(default)]
    active: Option<bool>,
    version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
struct InvitationView {
    invitation: String,
}

#[derive(Debug, Serialize, ToSchema)]
struct TokenView {
    id: String,
    name: String,
    scopes: Vec<String>,
    made_at: String,
    expires_at: Option<String>,
    last_used_at: Option<String>,
    mine: bool,
}

#[derive(Deserialize, ToSchema)]
struct TokenCreate {
    name: String,
    scopes: Vec<String>,
    /// Days until it ends; 90 when left out.
    #[serde(default)]
    days: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
struct TokenMade {
    id: String,
    /// Shown this once.
    secret: String,
}

pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change))
        .routes(routes!(invite))
        .routes(routes!(tokens, add_token))
        .routes(routes!(revoke_token))
}

#[utoipa::path(get, path = "/people", tag = "people", responses((status = 200, body = ListOf<PersonView>)))]
async fn list(State(app): State<App>, reader: Reader) -> Result<Json<ListOf<PersonView>>, Problem> {
    let people = app.office.people(&reader.caller).await?;
    Ok(Json(ListOf::all(
        people
            .into_iter()
            .map(|person| view(person, None))
            .collect(),
    )))
}

#[utoipa::path(
    post, path = "/people", tag = "people", request_body = PersonCreate,
    responses((status = 201, body = PersonView))
)]
async fn create(
    State(app): State<App>,
    reader: Reader,
    Json(asked): Json<PersonCreate>,
) -> Result<(StatusCode, Json<PersonView>), Problem> {
    let newcomer = Newcomer {
        email: asked.email,
        name: asked.name,
        language: asked.language,
        roles: roles_of(&asked.roles)?,
        unit_ids: asked.unit_ids,
        password: asked.password.filter(|password| !password.is_empty()),
    };
    let made = app
        .office
        .let_in(&reader.caller, newcomer, reader.request())
        .await?;
    Ok((
        StatusCode::CREATED,
        Json(view(made.person, made.invitation)),
    ))
}

#[utoipa::path(
    patch, path = "/people/{id}", tag = "people", params(("id" = String, Path)), request_body = PersonUpdate,
    responses((status = 200, body = PersonView))
)]
async fn change(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
    Json(asked): Json<PersonUpdate>,
) -> Result<Json<PersonView>, Problem> {
    let id = id.parse().map_err(|_| Denied::Unknown { what: "person" })?;
    let change = PersonChange {
        name: asked.name,
        language: asked.language,
        roles: asked.roles.as_deref().map(roles_of).transpose()?,
        unit_ids: asked.unit_ids,
        active: asked.active,
    };
    let wish = odla_app::people::Wish {
        id,
        version: asked.version,
        change,
    };
    let person = app
        .office
        .change_person(&reader.caller, wish, reader.request())
        .await?;
    Ok(Json(view(person, None)))
}

#[utoipa::path(
    post, path = "/people/{id}/invitation", tag = "people", params(("id" = String, Path)),
    responses((status = 201, body = InvitationView))
)]
async fn invite(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<InvitationView>), Problem> {
    let id = id.parse().map_err(|_| Denied::Unknown { what: "person" })?;
    let invitation = app
        .office
        .invite(&reader.caller, id, reader.request())
        .await?;
    Ok((StatusCode::CREATED, Json(InvitationView { invitation })))
}

#[utoipa::path(get, path = "/tokens", tag = "people", responses((status = 200, body = ListOf<TokenView>)))]
async fn tokens(
    State(app): State<App>,
    reader: Reader,
) -> Result<Json<ListOf<TokenView>>, Problem> {
    let me = reader.caller.person.id;
    let tokens = app.office.tokens(&reader.caller).await?;
    let items = tokens.into_iter().map(|token: Token| TokenView {
        id: token.id.to_string(),
        mine: token.person_id == me,
        name: token.name,
        scopes: token
            .scopes
            .iter()
            .map(|scope| scope.word().to_owned())
            .collect(),
        made_at: token.created_at.to_string(),
        expires_at: token.expires_at.map(|at| at.to_string()),
        last_used_at: token.last_used_at.map(|at| at.to_string()),
    });
    Ok(Json(ListOf::all(items.collect())))
}

#[utoipa::path(
    post, path = "/tokens", tag = "people", request_body = TokenCreate,
    responses((status = 201, body = TokenMade))
)]
async fn add_token(
    State(app): State<App>,
    reader: Reader,
    Json(asked): Json<TokenCreate>,
) -> Result<(StatusCode, Json<TokenMade>), Problem> {
    let scopes: Option<BTreeSet<Permission>> = asked
        .scopes
        .iter()
        .map(|word| Permission::from_word(word))
        .collect();
    let wish = odla_app::people::TokenWish {
        name: asked.name,
        scopes: scopes.ok_or_else(|| wrong("scopes"))?,
        days: asked.days,
    };
    let (secret, token) = app
        .office
        .add_token(&reader.caller, wish, reader.request())
        .await?;
    let made = TokenMade {
        id: token.id.to_string(),
        secret,
    };
    Ok((StatusCode::CREATED, Json(made)))
}

#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "people", params(("id" = String, Path)), responses((status = 204))
)]
async fn revoke_token(
    State(app): State<App>,
    reader: Reader,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let id = id.parse().map_err(|_| Denied::Unknown { what: "token" })?;
    app.office
        .revoke_token(&reader.caller, id, reader.request())
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

fn roles_of(words: &[String]) -> Result<Vec<Role>, Denied> {
    let roles: Option<Vec<Role>> = words.iter().map(|word| Role::from_word(word)).collect();
    roles.ok_or_else(|| wrong("roles"))
}

fn wrong(field: &str) -> Denied {
    let known = match field {
        "roles" => Role::ALL.map(Role::word).join(", "),
        _ => Permission::ALL.map(Permission::word).join(", "),
    };
    Denied::Invalid {
        field: field.to_owned(),
        detail: known,
    }
}

fn view(person: Person, invitation: Option<String>) -> PersonView {
    PersonView {
        id: person.id.to_string(),
        name: person.name,
        email: person.email,
        language: person.language,
        roles: person
            .roles
            .iter()
            .map(|role| role.word().to_owned())
            .collect(),
        unit_ids: person.unit_ids,
        active: person.active,
        has_password: person.has_password,
        has_oidc: person.has_oidc,
        version: person.version,
        invitation,
    }
}
