//! Is anything lost or half done when the server is killed in the middle of its work?

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use tempfile::TempDir;

const ROWS: usize = 200_000;
const PASSWORD: &str = "a sentence that is long";

/// A server over a home; it is killed when it is dropped, without a word.
pub struct Server {
    process: Child,
    address: String,
    setup: Option<String>,
}

/// A session of the administrator.
pub struct Session {
    cookie: String,
    csrf: String,
}

impl Server {
    pub fn start(home: &Path) -> Self {
        Self::start_telling(home, "off", Stdio::inherit())
    }

    /// What it logs at that level goes where it is told.
    fn start_telling(home: &Path, level: &str, log: Stdio) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_odla"))
            .args(["--home", &home.display().to_string(), "--json"])
            .args(["serve", "--listen", "127.0.0.1:0"])
            .env_remove("ODLA_DATABASE")
            .env("ODLA_LOG", level)
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        let out = process.stdout.take().expect("stdout is ours");
        BufReader::new(out)
            .read_line(&mut line)
            .expect("the server greets");
        let greeting: Value = serde_json::from_str(&line).expect("the greeting is JSON");
        let url = greeting["url"].as_str().expect("a url").to_owned();
        let setup = greeting["setup"]
            .as_str()
            .and_then(|link| link.split_once("#token="));
        Self {
            process,
            address: url.trim_start_matches("http://").to_owned(),
            setup: setup.map(|(_, secret)| secret.to_owned()),
        }
    }

    /// One request on a connection of its own: status, head and body.
    pub fn send(
        &self,
        session: Option<&Session>,
        what: &str,
        kind: &str,
        body: &[u8],
    ) -> (u16, String, Value) {
        let mut stream = TcpStream::connect(&self.address).expect("the server listens");
        let mut head = format!(
            "{what} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\ncontent-length: {}\r\n",
            self.address,
            body.len()
        );
        if !kind.is_empty() {
            head.push_str(&format!("content-type: {kind}\r\n"));
        }
        if let Some(session) = session {
            let (cookie, csrf) = (&session.cookie, &session.csrf);
            head.push_str(&format!("cookie: {cookie}\r\nx-csrf-token: {csrf}\r\n"));
        }
        head.push_str("\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").expect("an answer has a head");
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
        let body = serde_json::from_str(body).unwrap_or(Value::Null);
        (status.expect("a status"), head.to_owned(), body)
    }

    pub fn get(&self, session: &Session, path: &str) -> Value {
        let (status, _, body) = self.send(Some(session), &format!("GET /api/v1{path}"), "", b"");
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub fn post(&self, session: &Session, path: &str, body: &Value) -> Value {
        let text = body.to_string();
        let what = format!("POST /api/v1{path}");
        let (status, _, body) =
            self.send(Some(session), &what, "application/json", text.as_bytes());
        assert!(matches!(status, 200..=202), "{path}: {status} {body}");
        body
    }

    pub fn set_up(&self) -> Session {
        let secret = self.setup.as_ref().expect("nobody is here yet");
        let body = json!({"token": secret, "name": "Ada", "email": "ada@example.se", "password": PASSWORD});
        let body = body.to_string();
        let (status, head, view) = self.send(
            None,
            "POST /api/v1/setup",
            "application/json",
            body.as_bytes(),
        );
        assert_eq!(status, 200, "{view}");
        let cookie = head
            .lines()
            .find_map(|line| line.strip_prefix("set-cookie: "))
            .expect("a cookie");
        Session {
            cookie: cookie.split(';').next().unwrap_or_default().to_owned(),
            csrf: view["csrf"].as_str().expect("a token").to_owned(),
        }
    }

    fn upload(&self, session: &Session, name: &str, content: &str) -> Value {
        let body = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n{content}\r\n--edge--\r\n"
        );
        let kind = "multipart/form-data; boundary=edge";
        let (status, _, body) =
            self.send(Some(session), "POST /api/v1/uploads", kind, body.as_bytes());
        assert_eq!(status, 201, "{body}");
        body
    }

    /// Waits until the job is in one of the states.
    fn wait(&self, session: &Session, job: &str, states: &[&str]) -> Value {
        for _ in 0..3_000 {
            let view = self.get(session, &format!("/jobs/{job}"));
            if states.iter().any(|state| view["state"] == *state) {
                return view;
            }
            std::thread::sleep(Duration::from_millis(40));
        }
        panic!("the job {job} never was {states:?}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn orders() -> String {
    let mut text = String::from("order_id,line_no,customer_id,ordered_on,net_amount,goods_cost\n");
    for n in 0..ROWS {
        let (month, day) = (n % 12 + 1, n % 28 + 1);
        text.push_str(&format!(
            "A{n},1,K{},2025-{month:02}-{day:02},{},{}\n",
            n % 500,
            n % 90 + 10,
            n % 40
        ));
    }
    text
}

#[test]
fn a_server_killed_in_the_middle_of_its_work_starts_again_and_loses_nothing() {
    let home = TempDir::new().expect("a temporary folder can be made");
    let server = Server::start(home.path());
    let session = server.set_up();
    let upload = server.upload(&session, "orders.csv", &orders());
    let id = upload["id"].as_str().expect("an id");
    let proposal = server.get(&session, &format!("/uploads/{id}/proposal"));
    let import = json!({"upload": id, "mapping": proposal["mapping"]});
    let job = server.post(&session, "/imports", &import)["job"]
        .as_str()
        .expect("a job")
        .to_owned();
    let seen = server.wait(&session, &job, &["running", "done", "failed"]);
    assert_eq!(seen["state"], "running", "killed too late: {seen}");
    drop(server);

    let server = Server::start(home.path());
    let done = server.wait(&session, &job, &["done", "failed"]);
    assert_eq!(done["state"], "done", "{done}");
    assert_eq!(server.get(&session, "/customers?limit=1")["total"], 500);
    let imports = server.get(&session, "/imports");
    assert_eq!(imports["total"], 1, "{imports}");
    assert_eq!(imports["items"][0]["tables"]["orders"]["added"], ROWS);

    let run = json!({"only": ["profit", "value", "overview"]});
    let job = server.post(&session, "/runs", &run)["job"]
        .as_str()
        .expect("a job")
        .to_owned();
    let seen = server.wait(&session, &job, &["running", "done", "failed"]);
    assert_eq!(seen["state"], "running", "killed too late: {seen}");
    drop(server);

    let server = Server::start(home.path());
    assert!(server.setup.is_none(), "who was let in is still in");
    let done = server.wait(&session, &job, &["done", "failed"]);
    assert_eq!(done["state"], "done", "{done}");
    let runs = server.get(&session, "/runs");
    assert_eq!(runs["total"], 1, "one run, whole: {runs}");
    let page = server.get(&session, "/reports/management");
    assert!(!page["figures"].as_array().expect("figures").is_empty());
}

#[test]
fn the_log_holds_no_secret_and_nobodys_name() {
    let home = TempDir::new().expect("a temporary folder can be made");
    let log = home.path().join("log");
    let file = std::fs::File::create(&log).expect("the log can be made");
    let server = Server::start_telling(home.path(), "debug", file.into());
    let setup = server.setup.clone().expect("nobody is here yet");
    let session = server.set_up();
    let customers = "customer_id,name,email\nSECRET-ID-1,Evelina Hemlig,evelina@hemlig.se\n";
    let upload = server.upload(&session, "customers.csv", customers);
    let id = upload["id"].as_str().expect("an id");
    let proposal = server.get(&session, &format!("/uploads/{id}/proposal"));
    let import = json!({"upload": id, "mapping": proposal["mapping"]});
    let job = server.post(&session, "/imports", &import)["job"].clone();
    server.wait(&session, job.as_str().expect("a job"), &["done", "failed"]);
    server.get(&session, "/customers?q=Evelina");
    server.get(&session, "/customers/SECRET-ID-1");
    server.send(Some(&session), "GET /api/v1/customers/SECRET-ID-2", "", b"");
    let new =
        json!({"name": "Bo Hemlig", "email": "bo@hemlig.se", "roles": ["analyst"], "unit_ids": []});
    let what = "POST /api/v1/people";
    let (_, _, person) = server.send(
        Some(&session),
        what,
        "application/json",
        new.to_string().as_bytes(),
    );
    let invitation = person["invitation"]
        .as_str()
        .expect("an invitation")
        .to_owned();
    let wish = json!({"name": "for a test", "scopes": ["see_customers"], "days": 1});
    let what = "POST /api/v1/tokens";
    let (_, _, made) = server.send(
        Some(&session),
        what,
        "application/json",
        wish.to_string().as_bytes(),
    );
    let token = made["secret"].as_str().expect("a token").to_owned();
    for (email, password) in [
        ("ada@example.se", "not the right password"),
        ("bo@hemlig.se", PASSWORD),
    ] {
        let body = json!({"email": email, "password": password}).to_string();
        server.send(
            None,
            "POST /api/v1/session",
            "application/json",
            body.as_bytes(),
        );
    }
    drop(server);
    let log = std::fs::read_to_string(&log).expect("the log can be read");
    assert!(log.contains("answered"), "the log was on: {log}");
    let (_, cookie) = session
        .cookie
        .split_once('=')
        .expect("a cookie has a value");
    let hidden = [
        setup.as_str(),
        PASSWORD,
        "not the right password",
        cookie,
        &session.csrf,
        &invitation,
        &token,
        "Evelina",
        "hemlig.se",
        "Bo Hemlig",
        "SECRET-ID",
        "ada@example.se",
    ];
    for secret in hidden {
        let told = log.lines().find(|line| line.contains(secret));
        assert!(told.is_none(), "{secret} stands in the log: {told:?}");
    }
}

#[test]
fn a_program_that_is_copied_elsewhere_brings_its_pages() {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let server = Server::start(folder.path());
    let mut stream = TcpStream::connect(&server.address).expect("the server listens");
    write!(
        stream,
        "GET / HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n",
        server.address
    )
    .unwrap();
    let mut page = String::new();
    stream.read_to_string(&mut page).unwrap();
    let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../web/dist/index.html");
    if !built.is_file() {
        assert!(page.contains("not built"), "{page}");
        return;
    }
    assert!(page.contains("<div id=\"root\">"), "{page}");
    // The pages stand in the program's own bytes, not in a folder that it remembers.
    let program = std::fs::read(env!("CARGO_BIN_EXE_odla")).expect("the program can be read");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .and_then(Path::parent);
    let remembered = format!(
        "{}/crates/server/../../web/dist",
        folder.expect("the workspace").display()
    );
    let remembers = program
        .windows(remembered.len())
        .any(|bytes| bytes == remembered.as_bytes());
    assert!(
        !remembers,
        "the program looks for its pages in {remembered}"
    );
}

#[test]
fn a_home_has_one_server() {
    let home = TempDir::new().expect("a temporary folder can be made");
    let _server = Server::start(home.path());
    let second = Command::new(env!("CARGO_BIN_EXE_odla"))
        .args(["--home", &home.path().display().to_string(), "--lang", "en"])
        .args(["serve", "--listen", "127.0.0.1:0"])
        .env_remove("ODLA_DATABASE")
        .output()
        .expect("the program starts");
    assert_eq!(second.status.code(), Some(1));
    let told = String::from_utf8_lossy(&second.stderr);
    assert!(told.contains("Another server already uses"), "{told}");
}
