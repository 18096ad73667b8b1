//! How does a test get a company with a server in front of it, and somebody who asks?

use odla_app::{AnalyzeRequest, Home, Office, Store};
use odla_server::Options;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::{OnceCell, oneshot};

/// A company with its server. The server ends when the house is dropped.
pub struct House {
    pub folder: TempDir,
    pub office: Arc<Office>,
    pub url: String,
    stop: Option<oneshot::Sender<()>>,
}

/// Somebody who asks: with a session, with a token, or without either.
#[derive(Clone)]
pub struct Asker {
    url: String,
    http: reqwest::Client,
    pub cookie: Option<String>,
    pub csrf: Option<String>,
    pub token: Option<String>,
}

pub const PASSWORD: &str = "a sentence that is long";

/// Customers per unit in the small company.
pub const PER_UNIT: usize = 30;

impl House {
    /// A company without any data.
    pub async fn empty() -> Self {
        Self::open(tempfile::tempdir().unwrap(), "").await
    }

    /// The small company: two units with customers and orders, and a run.
    pub async fn small() -> Self {
        Self::open(small_home().await, "").await
    }

    /// A home as it lies, with more lines in its settings file.
    pub async fn open(folder: TempDir, settings: &str) -> Self {
        let home = Home::open(folder.path()).unwrap();
        let file = folder.path().join("odla.toml");
        if !settings.is_empty() {
            let text = std::fs::read_to_string(&file).unwrap();
            std::fs::write(&file, format!("{text}\n{settings}\n")).unwrap();
        }
        drop(home);
        let home = Home::open(folder.path()).unwrap();
        let store = Store::open(&Office::default_database(&home)).await.unwrap();
        let office = Arc::new(Office::new(home, store));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let (stop, stopped) = oneshot::channel();
        let options = Options {
            workers: 1,
            oidc_secret: Some("only the provider knows".to_owned()),
        };
        let serving = odla_server::serve(office.clone(), listener, options, async {
            let _ = stopped.await;
        });
        tokio::spawn(serving);
        Self {
            folder,
            office,
            url,
            stop: Some(stop),
        }
    }

    pub fn nobody(&self) -> Asker {
        Asker {
            url: self.url.clone(),
            http: reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .build()
                .unwrap(),
            cookie: None,
            csrf: None,
            token: None,
        }
    }

    /// The first administrator, by the link that the terminal shows.
    pub async fn administrator(&self) -> Asker {
        let secret = self
            .office
            .setup_secret()
            .await
            .unwrap()
            .expect("nobody is here yet");
        let mut asker = self.nobody();
        let body = json!({"token": secret, "name": "Ada", "email": "ada@example.se", "password": PASSWORD});
        let answer = asker.send(Method::POST, "/setup", Some(body)).await;
        asker.enter(answer).await;
        asker
    }

    /// Somebody with these roles and units, let in by the administrator and signed in.
    pub async fn person(&self, administrator: &Asker, roles: &[&str], units: &[&str]) -> Asker {
        let email =
            format!("{}-{}@example.se", roles.join("-"), units.join("-")).replace("-@", "@");
        let body = json!({
            "name": roles.join(" "), "email": email, "roles": roles, "unit_ids": units, "password": PASSWORD
        });
        let made = administrator
            .send(Method::POST, "/people", Some(body))
            .await;
        assert_eq!(made.status(), 201, "{}", made.text().await.unwrap());
        self.sign_in(&email).await
    }

    pub async fn sign_in(&self, email: &str) -> Asker {
        let mut asker = self.nobody();
        let body = json!({"email": email, "password": PASSWORD});
        let answer = asker.send(Method::POST, "/session", Some(body)).await;
        asker.enter(answer).await;
        asker
    }
}

impl Drop for House {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
    }
}

impl Asker {
    /// Takes the cookie and the token against forgery from the answer to a sign-in.
    async fn enter(&mut self, answer: Response) {
        assert_eq!(answer.status(), 200, "signed in");
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        self.cookie = Some(cookie.split(';').next().unwrap().to_owned());
        let view: Value = answer.json().await.unwrap();
        self.csrf = Some(view["csrf"].as_str().unwrap().to_owned());
    }

    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = match path.starts_with("//") {
            // From the root, not below the API.
            true => format!("{}{}", self.url, &path[1..]),
            false => format!("{}/api/v1{path}", self.url),
        };
        let mut request = self
            .http
            .request(method, url)
            .header("accept-language", "en");
        if let Some(cookie) = &self.cookie {
            request = request.header("cookie", cookie);
        }
        if let Some(csrf) = &self.csrf {
            request = request.header("x-csrf-token", csrf);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        request
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Response {
        let request = self.request(method, path);
        let request = match &body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(body.to_string()),
            None => request,
        };
        request.send().await.expect("the server answers")
    }

    /// What an address holds; it must be there.
    pub async fn get(&self, path: &str) -> Value {
        let answer = self.send(Method::GET, path, None).await;
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert_eq!(status, 200, "{path}: {text}");
        serde_json::from_str(&text).unwrap()
    }

    pub async fn post(&self, path: &str, body: Value) -> (u16, Value) {
        told(self.send(Method::POST, path, Some(body)).await).await
    }

    pub async fn patch(&self, path: &str, body: Value) -> (u16, Value) {
        told(self.send(Method::PATCH, path, Some(body)).await).await
    }

    pub async fn delete(&self, path: &str) -> (u16, Value) {
        told(self.send(Method::DELETE, path, None).await).await
    }

    pub async fn status(&self, path: &str) -> u16 {
        self.send(Method::GET, path, None).await.status().as_u16()
    }
}

/// Status and document; null for an answer without one.
pub async fn told(answer: Response) -> (u16, Value) {
    let status = answer.status().as_u16();
    let text = answer.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// A copy of the small company's home, which is made once for all tests.
async fn small_home() -> TempDir {
    static MADE: OnceCell<TempDir> = OnceCell::const_new();
    let made = MADE.get_or_init(make_small).await;
    let folder = tempfile::tempdir().unwrap();
    copy(made.path(), folder.path());
    folder
}

async fn make_small() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::open(folder.path()).unwrap();
    let files = folder.path().join("files");
    std::fs::create_dir_all(&files).unwrap();
    std::fs::write(files.join("units.csv"), UNITS).unwrap();
    std::fs::write(files.join("customers.csv"), customers()).unwrap();
    std::fs::write(files.join("orders.csv"), orders()).unwrap();
    odla_app::imports::import(&home, vec![files], None, false, &|_| ())
        .await
        .unwrap();
    let request = AnalyzeRequest {
        only: vec!["profit".to_owned(), "overview".to_owned()],
        seed: 1,
        ..AnalyzeRequest::default()
    };
    odla_app::analyze(&home, &request, &|_| ()).await.unwrap();
    folder
}

const UNITS: &str = "unit_id,name,kind,parent_id\nall,Everything,company,\nnorth,North,region,all\n\
                     south,South,region,all\numea,Umea,store,north\n";

/// `N..` belong to Umea in the north, `S..` to the south; every third is a company.
fn customers() -> String {
    let mut text = String::from("customer_id,name,kind,unit_id,profiling_objected\n");
    for n in 0..PER_UNIT {
        let kind = if n % 3 == 0 { "company" } else { "person" };
        text.push_str(&format!("N{n:03},Norrlund {n},{kind},umea,\n"));
        text.push_str(&format!(
            "S{n:03},Söder {n},{kind},south,{}\n",
            if n == 1 { "true" } else { "" }
        ));
    }
    text
}

fn orders() -> String {
    let mut text = String::from("order_id,line_no,customer_id,ordered_on,net_amount,goods_cost\n");
    for n in 0..PER_UNIT {
        for unit in ["N", "S"] {
            for month in 1..=(n % 12 + 1) {
                let day = n % 27 + 1;
                text.push_str(&format!(
                    "{unit}{n}-{month},1,{unit}{n:03},2025-{month:02}-{day:02},{},{}\n",
                    100 + n * 10,
                    40 + n
                ));
            }
        }
    }
    text
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let place = to.join(entry.file_name());
        if entry.path().is_dir() {
            std::fs::create_dir_all(&place).unwrap();
            copy(&entry.path(), &place);
        } else {
            std::fs::copy(entry.path(), place).unwrap();
        }
    }
}
