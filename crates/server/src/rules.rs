//! Who may ask for which address? One table, enforced before any route runs and told in the OpenAPI document.

use axum::http::Method;
use odla_app::Caller;
use odla_app::Denied;
use odla_domain::Permission;

/// What an address asks of whoever comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    Anyone,
    SignedIn,
    Needs(Permission),
}

use Permission::{
    Administer, Analyze, Decide, Erase, Export, Import, SeeAudit, SeeCustomerDetails, SeeCustomers,
    SeeMethods, SeeOverview,
};
use Rule::{Anyone, Needs, SignedIn};

/// Method, address below `/api/v1`, rule. Nobody comes to what is not here without being signed in, and a test
/// watches that every route is here.
pub const RULES: &[(&str, &str, Rule)] = &[
    ("GET", "/status", Anyone),
    ("GET", "/session", SignedIn),
    ("POST", "/session", Anyone),
    ("DELETE", "/session", SignedIn),
    ("PATCH", "/session/user", SignedIn),
    ("GET", "/session/oidc", Anyone),
    ("GET", "/session/oidc/callback", Anyone),
    ("POST", "/setup", Anyone),
    ("POST", "/invitation", Anyone),
    ("GET", "/runs", Needs(SeeOverview)),
    ("POST", "/runs", Needs(Analyze)),
    ("GET", "/runs/{id}", Needs(SeeOverview)),
    ("GET", "/runs/{a}/changes/{b}", Needs(SeeOverview)),
    ("GET", "/reports/{word}", Needs(SeeOverview)),
    ("GET", "/reports/{word}/export", Needs(Export)),
    ("GET", "/what-if", Needs(SeeOverview)),
    ("GET", "/reallocation", Needs(SeeOverview)),
    ("GET", "/figures/{key}", Needs(SeeOverview)),
    ("GET", "/figures/{key}/rows", Needs(SeeCustomerDetails)),
    ("GET", "/customers", Needs(SeeCustomers)),
    ("GET", "/customers/columns", Needs(SeeCustomers)),
    ("GET", "/customers/scatter", Needs(SeeCustomers)),
    ("GET", "/customers/export", Needs(Export)),
    ("GET", "/customers/{id}", Needs(SeeCustomerDetails)),
    ("DELETE", "/customers/{id}", Needs(Erase)),
    ("GET", "/customers/{id}/everything", Needs(Erase)),
    ("GET", "/views", SignedIn),
    ("POST", "/views", SignedIn),
    ("DELETE", "/views/{id}", SignedIn),
    ("GET", "/decisions", Needs(SeeCustomers)),
    ("POST", "/decisions", Needs(Decide)),
    ("DELETE", "/decisions/{id}", Needs(Decide)),
    ("GET", "/portfolio/coverage", Needs(SeeCustomers)),
    ("GET", "/trials", Needs(SeeOverview)),
    ("POST", "/trials", Needs(Analyze)),
    ("POST", "/trials/design", Needs(Analyze)),
    ("GET", "/trials/{id}/arms", Needs(Export)),
    ("POST", "/uploads", Needs(Import)),
    ("GET", "/uploads/{id}/proposal", Needs(Import)),
    ("POST", "/uploads/{id}/preview", Needs(Import)),
    ("GET", "/imports", Needs(Import)),
    ("POST", "/imports", Needs(Import)),
    ("DELETE", "/imports/{id}", Needs(Import)),
    ("GET", "/imports/{id}/rejects", Needs(Import)),
    ("GET", "/jobs", SignedIn),
    ("GET", "/jobs/{id}", SignedIn),
    ("GET", "/jobs/{id}/events", SignedIn),
    ("GET", "/glossary", Needs(SeeMethods)),
    ("GET", "/methods", Needs(SeeMethods)),
    ("GET", "/methods/{word}", Needs(SeeMethods)),
    ("GET", "/people", Needs(Administer)),
    ("POST", "/people", Needs(Administer)),
    ("PATCH", "/people/{id}", Needs(Administer)),
    ("POST", "/people/{id}/invitation", Needs(Administer)),
    ("GET", "/tokens", SignedIn),
    ("POST", "/tokens", SignedIn),
    ("DELETE", "/tokens/{id}", SignedIn),
    ("GET", "/units", SignedIn),
    ("GET", "/audit", Needs(SeeAudit)),
    ("GET", "/settings", Needs(Administer)),
    ("PATCH", "/settings", Needs(Administer)),
];

pub const ROOT: &str = "/api/v1";

/// The rule of an address, as it stands in the router.
pub fn rule_of(method: &Method, route: &str) -> Option<Rule> {
    let route = route.strip_prefix(ROOT)?;
    RULES
        .iter()
        .find(|(known, path, _)| *known == method.as_str() && *path == route)
        .map(|(_, _, rule)| *rule)
}

/// # Errors
/// When nobody is signed in, or the permission is lacking.
pub fn keep(method: &Method, route: &str, caller: Option<&Caller>) -> Result<(), Denied> {
    // What can be read can be asked about.
    let method = if method == Method::HEAD {
        &Method::GET
    } else {
        method
    };
    match (rule_of(method, route), caller) {
        (Some(Anyone), _) | (Some(SignedIn), Some(_)) => Ok(()),
        (Some(Needs(permission)), Some(caller)) => caller.allow(permission),
        (Some(SignedIn | Needs(_)), None) => Err(Denied::SignIn),
        // The router itself tells what can be done with an address that it knows.
        (None, Some(_)) => Ok(()),
        (None, None) => Err(Denied::SignIn),
    }
}
