//! The doors: the first administrator's link, signing in and out, invitations, tries, and what answers forbid.

use crate::house::{House, PASSWORD, told};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn the_first_administrators_link_works_once() {
    let house = House::empty().await;
    let nobody = house.nobody();
    assert_eq!(nobody.get("/status").await["setup_needed"], true);
    let secret = house.office.setup_secret().await.unwrap().unwrap();
    let body = |token: &str, password: &str| json!({"token": token, "name": "Ada", "email": "ada@example.se", "password": password});
    let (status, problem) = nobody.post("/setup", body("wrong", PASSWORD)).await;
    assert_eq!((status, problem["key"].as_str()), (403, Some("setup_link")));
    let (status, problem) = nobody.post("/setup", body(&secret, "short")).await;
    assert_eq!(
        (status, problem["key"].as_str()),
        (422, Some("short_password"))
    );
    assert!(problem["fields"]["password"].is_string(), "{problem}");
    let (status, session) = nobody.post("/setup", body(&secret, PASSWORD)).await;
    assert_eq!(status, 200);
    assert!(
        session["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one == "administer")
    );
    let (status, _) = nobody.post("/setup", body(&secret, PASSWORD)).await;
    assert_eq!(status, 403);
    assert_eq!(nobody.get("/status").await["setup_needed"], false);
    assert_eq!(house.office.setup_secret().await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_begins_with_a_cookie_that_no_script_reads_and_ends_when_it_is_told() {
    let house = House::empty().await;
    house.administrator().await;
    let nobody = house.nobody();
    let body = json!({"email": "ADA@example.se ", "password": PASSWORD});
    let answer = nobody.send(Method::POST, "/session", Some(body)).await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
        "{cookie}"
    );
    assert!(
        !cookie.contains("Secure"),
        "this server has no TLS: {cookie}"
    );
    let (first, second) = (
        house.sign_in("ada@example.se").await,
        house.sign_in("ada@example.se").await,
    );
    assert_ne!(
        first.cookie, second.cookie,
        "every sign-in is a new session"
    );
    assert_eq!(first.delete("/session").await.0, 204);
    assert_eq!(first.status("/session").await, 401);
    assert_eq!(second.status("/session").await, 200);
    let change = json!({"password": "another long sentence", "present_password": PASSWORD});
    let changed = second
        .send(Method::PATCH, "/session/user", Some(change))
        .await;
    assert_eq!(changed.status(), 200);
    assert_eq!(
        second.status("/session").await,
        401,
        "the old session went with the old password"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_somebody_is_here_cannot_be_found_out_and_too_many_tries_wait() {
    let house = House::empty().await;
    house.administrator().await;
    let nobody = house.nobody();
    let mut seen = Vec::new();
    for n in 0..25 {
        let email = if n % 2 == 0 {
            "ada@example.se"
        } else {
            "nobody@example.se"
        };
        let body = json!({"email": email, "password": "not this one at all"});
        let answer = nobody.send(Method::POST, "/session", Some(body)).await;
        let wait = answer.headers().get("retry-after").cloned();
        let (status, problem) = told(answer).await;
        seen.push(problem["key"].as_str().unwrap().to_owned());
        assert_eq!(status == 429, wait.is_some());
    }
    assert_eq!(seen[0], "wrong_password");
    assert_eq!(
        seen[0], seen[1],
        "the same answer for somebody and for nobody"
    );
    assert_eq!(seen.last().unwrap(), "too_many_tries");
    // The right password does not help as long as the account waits.
    let (status, _) = nobody
        .post(
            "/session",
            json!({"email": "ada@example.se", "password": PASSWORD}),
        )
        .await;
    assert_eq!(status, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_invited_chooses_a_password_and_who_is_shut_out_is_out_at_once() {
    let house = House::empty().await;
    let administrator = house.administrator().await;
    let new = json!({"name": "Bo", "email": "bo@example.se", "roles": ["analyst"], "unit_ids": []});
    let (status, person) = administrator.post("/people", new.clone()).await;
    assert_eq!(status, 201, "{person}");
    let secret = person["invitation"].as_str().unwrap();
    let nobody = house.nobody();
    let accept = json!({"token": secret, "password": PASSWORD});
    assert_eq!(nobody.post("/invitation", accept.clone()).await.0, 200);
    assert_eq!(nobody.post("/invitation", accept).await.0, 403);
    let bo = house.sign_in("bo@example.se").await;
    assert_eq!(bo.get("/session").await["user"]["name"], "Bo");
    assert_eq!(
        administrator.post("/people", new).await.0,
        409,
        "the address is taken"
    );
    let path = format!("/people/{}", person["id"].as_str().unwrap());
    let stale = json!({"active": false, "version": 0});
    assert_eq!(administrator.patch(&path, stale).await.0, 409);
    let people = administrator.get("/people").await;
    let listed = people["items"].as_array().unwrap();
    let version = &listed.iter().find(|one| one["id"] == person["id"]).unwrap()["version"];
    let (status, changed) = administrator
        .patch(&path, json!({"active": false, "version": version}))
        .await;
    assert_eq!((status, changed["active"].as_bool()), (200, Some(false)));
    assert_eq!(bo.status("/session").await, 401);
    let audit = administrator.get("/audit?limit=500").await;
    let done: Vec<&str> = audit["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["what"].as_str().unwrap())
        .collect();
    for what in [
        "person.added",
        "person.invited",
        "person.changed",
        "session.opened",
        "setup.link_used",
    ] {
        assert!(done.contains(&what), "{what} in {done:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays_one() {
    let house = House::empty().await;
    let administrator = house.administrator().await;
    let me = administrator.get("/people").await["items"][0].clone();
    let path = format!("/people/{}", me["id"].as_str().unwrap());
    let change = json!({"roles": ["analyst"], "version": me["version"]});
    let (status, problem) = administrator.patch(&path, change).await;
    assert_eq!(
        (status, problem["key"].as_str()),
        (409, Some("store.last_administrator"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_answer_forbids_what_a_page_does_not_need() {
    let house = House::empty().await;
    let nobody = house.nobody();
    for path in [
        "/status",
        "/session",
        "//",
        "//health",
        "/nowhere",
        "//customers/1",
    ] {
        let answer = nobody.send(Method::GET, path, None).await;
        let headers = answer.headers();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{path}: {policy}"
        );
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["referrer-policy"], "no-referrer", "{path}");
        assert!(headers.contains_key("permissions-policy"), "{path}");
        assert!(
            !headers.contains_key("strict-transport-security"),
            "without TLS: {path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn behind_tls_cookies_and_answers_are_bound_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("odla.toml");
    let text = odla_app::settings::DEFAULT_FILE;
    let text = text.replace("# public_url", "public_url");
    std::fs::write(file, text).unwrap();
    let house = House::open(folder, "").await;
    let secret = house.office.setup_secret().await.unwrap().unwrap();
    let body =
        json!({"token": secret, "name": "Ada", "email": "ada@example.se", "password": PASSWORD});
    let answer = house
        .nobody()
        .send(Method::POST, "/setup", Some(body))
        .await;
    let cookie = answer.headers()["set-cookie"].to_str().unwrap();
    assert!(
        cookie.starts_with("__Host-odla=") && cookie.contains("; Secure"),
        "{cookie}"
    );
    assert!(answer.headers().contains_key("strict-transport-security"));
}

#[tokio::test(flavor = "multi_thread")]
async fn health_readiness_and_measures_answer() {
    let house = House::empty().await;
    let nobody = house.nobody();
    for path in ["//health", "//ready", "//metrics"] {
        assert_eq!(nobody.status(path).await, 200, "{path}");
    }
    nobody.status("/status").await;
    let text = nobody
        .send(Method::GET, "//metrics", None)
        .await
        .text()
        .await
        .unwrap();
    assert!(
        text.contains("odla_requests_total") && text.contains("/api/v1/status"),
        "{text}"
    );
    let through_proxy = nobody
        .request(Method::GET, "//metrics")
        .header("x-forwarded-for", "192.0.2.1");
    assert_eq!(through_proxy.send().await.unwrap().status(), 403);
}
