//! How does a check of the house get the real server with an administrator, and ask it something?

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const PASSWORD: &str = "a sentence that is long";

/// A server over a home; it ends when it is dropped.
pub struct Served {
    process: Child,
    pub address: String,
    setup: Option<String>,
}

/// Somebody who is signed in.
#[derive(Clone)]
pub struct Session {
    pub cookie: String,
    pub csrf: String,
}

/// A connection that stays open from question to question.
pub struct Line {
    stream: BufReader<TcpStream>,
    host: String,
}

/// An answer as it came; the body is packed when the question allowed that.
pub struct Answer {
    pub status: u16,
    pub head: Vec<String>,
    pub body: Vec<u8>,
}

impl Served {
    /// Starts on a free port of this machine.
    pub fn start(program: &Path, home: &Path) -> Result<Self> {
        let mut process = Command::new(program)
            .arg("--home")
            .arg(home)
            .args(["--json", "serve", "--listen", "127.0.0.1:0"])
            .env_remove("ODLA_DATABASE")
            .env("ODLA_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()
            .context("the program was built but cannot be started")?;
        let out = process.stdout.take().context("standard output is piped")?;
        let mut line = String::new();
        BufReader::new(out).read_line(&mut line)?;
        let greeting: Value = serde_json::from_str(&line).context("the server greets in JSON")?;
        let url = greeting["url"]
            .as_str()
            .context("the server says where it is")?;
        let setup = greeting["setup"]
            .as_str()
            .and_then(|link| link.split_once("#token="));
        Ok(Self {
            process,
            address: url.trim_start_matches("http://").to_owned(),
            setup: setup.map(|(_, secret)| secret.to_owned()),
        })
    }

    pub fn line(&self) -> Result<Line> {
        Line::open(&self.address)
    }

    /// Makes the first administrator.
    pub fn set_up(&self) -> Result<Session> {
        let secret = self.setup.as_ref().context("somebody is here already")?;
        let body = json!({"token": secret, "name": "Ada", "email": "ada@example.se", "password": PASSWORD});
        let answer = self.line()?.send(
            None,
            "POST /api/v1/setup",
            "application/json",
            body.to_string().as_bytes(),
        )?;
        let cookie = answer.header("set-cookie").context("setting up signs in")?;
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        let view: Value = serde_json::from_slice(&answer.body)?;
        let csrf = view["csrf"]
            .as_str()
            .context("a session has a token against forgery")?;
        Ok(Session {
            cookie,
            csrf: csrf.to_owned(),
        })
    }

    pub fn get(&self, session: &Session, path: &str) -> Result<Value> {
        self.line()?
            .send(Some(session), &format!("GET /api/v1{path}"), "", b"")?
            .document()
    }

    pub fn post(&self, session: &Session, path: &str, body: &Value) -> Result<Value> {
        let what = format!("POST /api/v1{path}");
        let text = body.to_string();
        self.line()?
            .send(Some(session), &what, "application/json", text.as_bytes())?
            .document()
    }

    /// Sends one file, as a browser does.
    pub fn upload(&self, session: &Session, name: &str, content: &[u8]) -> Result<Value> {
        let mut body = format!(
            "--edge\r\ncontent-disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n--edge--\r\n");
        let kind = "multipart/form-data; boundary=edge";
        self.line()?
            .send(Some(session), "POST /api/v1/uploads", kind, &body)?
            .document()
    }

    /// The most memory that the server has held, in MiB, where the system tells it.
    pub fn peak_mib(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        let kib: f64 = line.trim().trim_end_matches(" kB").trim().parse().ok()?;
        Some(kib / 1024.0)
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Line {
    pub fn open(address: &str) -> Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(120)))?;
        Ok(Self {
            stream: BufReader::with_capacity(1 << 16, stream),
            host: address.to_owned(),
        })
    }

    /// Asks, as `GET /path`, and reads the whole answer.
    pub fn send(
        &mut self,
        session: Option<&Session>,
        what: &str,
        kind: &str,
        body: &[u8],
    ) -> Result<Answer> {
        let mut head = format!(
            "{what} HTTP/1.1\r\nhost: {}\r\ncontent-length: {}\r\n",
            self.host,
            body.len()
        );
        if !kind.is_empty() {
            head.push_str(&format!("content-type: {kind}\r\n"));
        }
        if let Some(Session { cookie, csrf }) = session {
            head.push_str(&format!("cookie: {cookie}\r\nx-csrf-token: {csrf}\r\n"));
        }
        self.ask(&head, body)
    }

    /// A question whose head, without its empty line, is written already.
    pub fn ask(&mut self, head: &str, body: &[u8]) -> Result<Answer> {
        let out = self.stream.get_mut();
        out.write_all(format!("{head}\r\n").as_bytes())?;
        out.write_all(body)?;
        self.answer()
    }

    fn answer(&mut self) -> Result<Answer> {
        let first = self.text()?;
        let status = first.split(' ').nth(1).and_then(|code| code.parse().ok());
        let status = status.with_context(|| format!("no status in {first:?}"))?;
        let mut head = Vec::new();
        loop {
            let line = self.text()?;
            if line.is_empty() {
                break;
            }
            head.push(line);
        }
        let mut answer = Answer {
            status,
            head,
            body: Vec::new(),
        };
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let length = usize::from_str_radix(self.text()?.trim(), 16)?;
                self.bytes(length, &mut answer.body)?;
                self.text()?;
                if length == 0 {
                    break;
                }
            }
        } else if let Some(length) = answer.header("content-length") {
            let length = length.parse()?;
            self.bytes(length, &mut answer.body)?;
        }
        Ok(answer)
    }

    fn text(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.stream.read_line(&mut line)? == 0 {
            bail!("the server closed the connection");
        }
        Ok(line.trim_end().to_owned())
    }

    fn bytes(&mut self, length: usize, into: &mut Vec<u8>) -> Result<()> {
        let from = into.len();
        into.resize(from + length, 0);
        Ok(self.stream.read_exact(&mut into[from..])?)
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.iter().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// The answer as a document; it must be a good one.
    pub fn document(&self) -> Result<Value> {
        if !(200..300).contains(&self.status) {
            bail!("{}: {}", self.status, String::from_utf8_lossy(&self.body));
        }
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&self.body)?)
    }
}
