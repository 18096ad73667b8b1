//! Sign-in at a real provider, when one is on this machine: `oidc-provider-mock`, a package of PyPI.

use crate::house::House;
use reqwest::Method;
use serde_json::json;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// A provider on a free port; it ends with the test.
struct Provider {
    process: Child,
    url: String,
}

impl Provider {
    /// None when the package is not here.
    async fn start() -> Option<Self> {
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let program =
            std::env::var_os("ODLA_OIDC_PROVIDER").unwrap_or_else(|| "oidc-provider-mock".into());
        let process = Command::new(program)
            .args(["--port", &port.to_string()])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let provider = Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        };
        let known = format!("{}/.well-known/openid-configuration", provider.url);
        for _ in 0..150 {
            if reqwest::get(&known)
                .await
                .is_ok_and(|answer| answer.status().is_success())
            {
                return Some(provider);
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        panic!("the provider does not answer");
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_signs_in_at_the_companys_provider() {
    let Some(provider) = Provider::start().await else {
        eprintln!("left out: a_person_signs_in_at_the_companys_provider: no oidc-provider-mock");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let settings = format!(
        "[server.oidc]\nissuer = \"{}\"\nclient_id = \"odla\"",
        provider.url
    );
    let house = House::open(folder, &settings).await;
    let administrator = house.administrator().await;
    let bo = json!({"name": "Bo", "email": "bo@example.se", "roles": ["analyst"]});
    administrator.post("/people", bo).await;
    let http = reqwest::Client::new();
    for (subject, email, verified) in [
        ("bo", "bo@example.se", true),
        ("eve", "bo@example.se", false),
        ("stranger", "stranger@example.se", true),
    ] {
        let user = json!({"email": email, "email_verified": verified});
        let put = http
            .put(format!("{}/users/{subject}", provider.url))
            .header("content-type", "application/json");
        let put = put.body(user.to_string()).send().await.unwrap();
        assert!(put.status().is_success(), "{}", put.text().await.unwrap());
    }
    assert_eq!(
        come_in(&house, "eve").await,
        403,
        "an address that nobody has verified opens nothing"
    );
    assert_eq!(
        come_in(&house, "stranger").await,
        403,
        "who has no place here stays out"
    );
    assert_eq!(come_in(&house, "bo").await, 303);
    assert_eq!(
        come_in(&house, "bo").await,
        303,
        "the second time by what the provider calls him"
    );
    // A code that was begun by somebody else is not taken.
    let forged = house
        .nobody()
        .send(Method::GET, "/session/oidc/callback?state=a&code=b", None)
        .await;
    assert_eq!(forged.status(), 403);
}

/// From our page to the provider, through its form, and back: the status of the way back.
async fn come_in(house: &House, subject: &str) -> u16 {
    let begun = house
        .nobody()
        .send(Method::GET, "/session/oidc?return_to=/customers", None)
        .await;
    assert_eq!(begun.status(), 303);
    let cookie = begun.headers()["set-cookie"]
        .to_str()
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let address = begun.headers()["location"].to_str().unwrap().to_owned();
    assert!(
        address.contains("code_challenge_method=S256") && address.contains("nonce="),
        "{address}"
    );
    let http = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let form = http
        .post(&address)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("sub={subject}"));
    let sent = form.send().await.unwrap();
    let back = sent.headers()["location"].to_str().unwrap().to_owned();
    let path = back.split_once("/api/v1").unwrap().1.to_owned();
    let mut person = house.nobody();
    person.cookie = Some(cookie);
    let answer = person.send(Method::GET, &path, None).await;
    let status = answer.status().as_u16();
    if status == 303 {
        assert_eq!(answer.headers()["location"], "/customers");
        let own = answer.headers().get_all("set-cookie").iter();
        let session = own
            .filter_map(|value| value.to_str().ok())
            .find(|value| value.starts_with("odla="));
        person.cookie = Some(session.unwrap().split(';').next().unwrap().to_owned());
        assert_eq!(person.get("/session").await["user"]["name"], "Bo");
    }
    status
}
