//! Does a ledger in S3-compatible storage behave as one in a folder? Against a server that speaks S3 (moto).

use super::bench::Bench;
use object_store::aws::AmazonS3Builder;
use odla_lake::{At, LakeError, Ledger};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const BUCKET: &str = "odla-test";

/// Stops the server when the test ends, however it ends.
struct Server {
    child: Child,
    endpoint: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A server on a free port with an empty bucket; none when moto is not installed.
fn serve() -> Option<Server> {
    let program = std::env::var("ODLA_S3_SERVER").unwrap_or_else(|_| "moto_server".to_owned());
    let port = TcpListener::bind("127.0.0.1:0")
        .ok()?
        .local_addr()
        .ok()?
        .port();
    let child = Command::new(program)
        .args(["-H", "127.0.0.1", "-p", &port.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let server = Server {
        child,
        endpoint: format!("http://127.0.0.1:{port}"),
    };
    for _ in 0..600 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(server);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    None
}

/// Makes the bucket by the plain request that S3 knows for it.
fn make_bucket(server: &Server) {
    use std::io::{Read, Write};
    let address = server.endpoint.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    write!(
        stream,
        "PUT /{BUCKET} HTTP/1.1\r\nHost: {address}\r\nAuthorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
}

fn open(server: &Server) -> Result<Ledger, LakeError> {
    let settings = AmazonS3Builder::new()
        .with_endpoint(&server.endpoint)
        .with_allow_http(true)
        .with_region("us-east-1")
        .with_access_key_id("test")
        .with_secret_access_key("test");
    Ledger::open_in_s3(&format!("s3://{BUCKET}/company/ledger"), settings)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_in_s3_behaves_as_one_in_a_folder() {
    let Some(server) = serve() else {
        eprintln!("left out: a ledger in S3: no moto_server (set ODLA_S3_SERVER)");
        return;
    };
    make_bucket(&server);
    let bench = Bench {
        ledger: open(&server).unwrap(),
        ..Bench::new()
    };
    let first = bench
        .import(vec![bench.file("orders.csv", FIRST)])
        .await
        .unwrap();
    assert_eq!(first.tables["orders"].added, 2);
    let again = bench
        .import(vec![bench.file("orders.csv", FIRST)])
        .await
        .unwrap();
    assert_eq!(again.tables["orders"].unchanged, 2);
    let second = bench
        .import(vec![bench.file("orders.csv", CORRECTED)])
        .await
        .unwrap();
    let counts = &second.tables["orders"];
    assert_eq!((counts.added, counts.replaced), (1, 1));
    // Somebody else opens the same place: what was written is what is read, now and as it was known before.
    let other = Bench {
        ledger: open(&server).unwrap(),
        ..Bench::new()
    };
    let sql = "select count(*), sum(net_amount) from orders";
    assert_eq!(other.ask(sql).await, ["3|36.5000"]);
    assert_eq!(
        other.ask_at(&At::Import(first.import), sql).await,
        ["2|30.5000"]
    );
}

const FIRST: &str = "order_id,line_no,customer_id,ordered_on,net_amount
1,1,A,2026-01-02,10.50
2,1,B,2026-02-03,20
";
const CORRECTED: &str = "order_id,line_no,customer_id,ordered_on,net_amount
2,1,B,2026-02-03,25
3,1,C,2026-03-04,1
";
