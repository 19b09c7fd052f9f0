//! The way to a shared store that fails: a server that speaks the protocol as far as it is told to. The words are ours; the
//! errors are those of Redis 7.0.15 and of its documentation.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;

use rustls::RootCertStore;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use vestibule_gateway::{
    Ask, Batch, Decided, Granted, Meter, MeterKind, Reading, SharedStore, StoreLost,
};

use super::address::Address;
use super::counts::Counts;
use super::failure::Failure;
use super::link::{Keeper, Link, Purpose};
use crate::limits::SHARED_CALL_TIMEOUT;
use crate::outbound;

/// What the server says to each kind of command; nothing where it is silent.
#[derive(Clone, Copy, Debug)]
struct Answers {
    login: &'static str,
    info: &'static str,
    present: &'static str,
    decide: &'static str,
}

const WELL: Answers = Answers {
    login: "+OK\r\n",
    info: "$25\r\n# Server\r\nredis_version:7\r\n",
    present: "*3\r\n:3\r\n:3\r\n:1000\r\n",
    decide: "*4\r\n:1\r\n:0\r\n:500\r\n:0\r\n",
};

/// The URL of a server that answers the first connection so, the second so, and on like the last one.
async fn server(connections: &'static [Answers]) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("redis://me:hunter2@{}", listener.local_addr().unwrap());
    let accepted = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&accepted);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let at = counted.fetch_add(1, Relaxed).min(connections.len() - 1);
            tokio::spawn(talk(stream, connections[at]));
        }
    });
    (url, accepted)
}

async fn talk(stream: TcpStream, answers: Answers) {
    let mut stream = BufReader::new(stream);
    let mut presents = 0;
    while let Some(command) = command(&mut stream).await {
        let answer = match command[0].as_str() {
            "INFO" => answers.info,
            "EVALSHA" if command[3] == "vestibule:1:gateways" => {
                presents += 1;
                match answers.present {
                    ONCE if presents > 1 => "",
                    ONCE => WELL.present,
                    present => present,
                }
            }
            "EVALSHA" => answers.decide,
            "CLIENT" => "+OK\r\n",
            _ => answers.login,
        };
        if answer == CLOSED {
            return;
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
}

/// Instead of an answer.
const CLOSED: &str = "closed";

/// The first time well, then silence.
const ONCE: &str = "once";

async fn command(stream: &mut BufReader<TcpStream>) -> Option<Vec<String>> {
    let parts = number(stream).await?;
    let mut command = Vec::new();
    for _ in 0..parts {
        let mut part = vec![0; number(stream).await? + 2];
        stream.read_exact(&mut part).await.ok()?;
        command.push(String::from_utf8(part).unwrap().trim_end().to_owned());
    }
    Some(command)
}

/// Of a line like `*3` or `$5`.
async fn number(stream: &mut BufReader<TcpStream>) -> Option<usize> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok()?;
    line.get(1..)?.trim_end().parse().ok()
}

fn link(url: &str) -> (Arc<Link>, Keeper) {
    let tls = outbound::verified(&Arc::new(RootCertStore::empty())).unwrap();
    Link::new(Purpose::Counts, Address::parse(url).unwrap(), Arc::new(tls))
}

fn batch() -> Batch {
    let kind = MeterKind::Bucket { token_ns: 500, bucket_ns: 1_000, lacking_ns: 0 };
    Batch {
        meters: vec![Meter { name: "b".into(), kind }],
        asks: vec![Ask { meters: vec![0], requests: 1 }],
    }
}

#[tokio::test]
async fn a_store_that_is_well_decides_and_counts_gateways() {
    let (url, _) = server(&[WELL]).await;
    let (link, _keeper) = link(&url);
    let counts = Counts::over(Arc::clone(&link));
    assert!(!counts.is_there());
    assert_eq!(counts.decide(batch()).await, Err(StoreLost));
    link.connect().await.unwrap();
    assert_eq!(counts.gateways().get(), 3);
    let asks = vec![Granted { requests: 1, refused_by: None }];
    let decided = Decided { asks, meters: vec![Reading { level: 500, recalled: 0 }] };
    assert_eq!(counts.decide(batch()).await, Ok(decided));
}

/// The second connection is to a store that has forgotten who was there.
#[tokio::test]
async fn gateways_that_a_store_forgot_count_for_a_while() {
    const FORGETFUL: Answers = Answers { present: "*3\r\n:1\r\n:1\r\n:2000\r\n", ..WELL };
    let (url, _) = server(&[WELL, FORGETFUL]).await;
    let (link, _keeper) = link(&url);
    link.connect().await.unwrap();
    link.connect().await.unwrap();
    assert_eq!(link.gateways().get(), 3);
}

/// The store is lost with the first call; of the second connection two gateways of three are back, of the third all.
#[tokio::test]
async fn who_is_back_at_a_store_waits_for_the_others() {
    const LOST: Answers = Answers { decide: CLOSED, ..WELL };
    const TWO: Answers = Answers { present: "*3\r\n:3\r\n:2\r\n:2000\r\n", decide: CLOSED, ..WELL };
    let (url, accepted) = server(&[LOST, TWO, WELL]).await;
    let (link, keeper) = link(&url);
    let counts = Counts::over(Arc::clone(&link));
    link.connect().await.unwrap();
    assert!(!counts.is_gathering());
    let kept = tokio::spawn(keeper.keep());
    for (connections, is_gathering) in [(2, true), (3, false)] {
        assert_eq!(counts.decide(batch()).await, Err(StoreLost));
        let back = async {
            while !link.is_there() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), back).await.unwrap();
        assert_eq!(accepted.load(Relaxed), connections);
        assert_eq!(counts.is_gathering(), is_gathering, "{connections}");
    }
    kept.abort();
}

#[tokio::test]
async fn what_keeps_it_away_is_named_with_a_remedy() {
    for (answers, expected) in [
        (
            Answers {
                login: "-WRONGPASS invalid username-password pair or user is disabled.\r\n",
                ..WELL
            },
            "it does not take the user and password (help: correct them in the URL of `--shared`, or in \
             VESTIBULE_SHARED_PASSWORD)",
        ),
        (
            Answers { info: "-NOAUTH Authentication required.\r\n", ..WELL },
            "it wants a password (help: give it one in the URL of `--shared`, or in VESTIBULE_SHARED_PASSWORD)",
        ),
        (
            Answers { info: "$30\r\n# Server\r\nredis_mode:cluster\r\n\r\n", ..WELL },
            "it is in cluster mode, which is not supported (help: name a server without cluster mode: all limits are \
             counted by one)",
        ),
        (
            Answers { present: "-MOVED 3999 127.0.0.1:6381\r\n", ..WELL },
            "it is in cluster mode, which is not supported (help: name a server without cluster mode: all limits are \
             counted by one)",
        ),
        (
            Answers {
                present: "-NOPERM User me has no permissions to run the 'evalsha' command\r\n",
                ..WELL
            },
            "its user may not do that: User me has no permissions to run the 'evalsha' command (help: allow the user \
             `~vestibule:* +@all -@dangerous +info`)",
        ),
        (
            Answers {
                present: "-READONLY You can't write against a read only replica.\r\n",
                ..WELL
            },
            "it is a replica, which takes no writes (help: name the primary)",
        ),
        (
            Answers { info: "-LOADING Redis is loading the dataset in memory\r\n", ..WELL },
            "it is still reading its data",
        ),
        (
            Answers {
                present: "-OOM command not allowed when used memory > 'maxmemory'.\r\n",
                ..WELL
            },
            "its memory is full (help: give it more memory, or a `maxmemory-policy` that evicts)",
        ),
        (
            Answers { present: "-WRONGTYPE the key `vestibule:b` is not of a gateway\r\n", ..WELL },
            "the key `vestibule:b` is not of a gateway (help: give the gateways a database of their own, as in \
             `redis://host/1`)",
        ),
        (
            Answers { login: "HTTP/1.1 400 Bad Request\r\n\r\n", ..WELL },
            "it does not answer as Valkey or Redis does (help: name a Valkey, or a Redis of version 6.2 or newer)",
        ),
        (Answers { info: CLOSED, ..WELL }, "it closed the connection"),
    ] {
        let answers: &'static [Answers] = Box::leak(Box::new([answers]));
        let (url, _) = server(answers).await;
        let (link, _keeper) = link(&url);
        assert_eq!(link.connect().await.unwrap_err().to_string(), expected);
        assert!(!link.is_there());
    }
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let (link, _keeper) = link(&format!("redis://{nobody}"));
    assert_eq!(link.connect().await.unwrap_err().to_string(), "it refuses connections");
}

/// Else it would be lost with the first call, and be connected to again and again.
#[tokio::test]
async fn a_store_whose_calls_take_too_long_is_not_back() {
    let (url, _) = server(&[Answers { present: ONCE, ..WELL }]).await;
    let (link, _keeper) = link(&url);
    assert_eq!(link.connect().await, Err(Failure::slow_call()));
    assert!(!link.is_there());
}

#[tokio::test]
async fn plain_text_where_tls_is_wanted_is_named() {
    let (url, _) = server(&[WELL]).await;
    let (link, _keeper) = link(&url.replace("redis://", "rediss://"));
    // The server takes what TLS says for a command that it does not understand, and leaves.
    assert_eq!(
        link.connect().await.unwrap_err().to_string(),
        "TLS failed: tls handshake eof (help: name its certificate's authority with `--backend-ca`, or write `redis://` \
         where it has no TLS)"
    );
}

/// Silence, an answer to something else, an error, the end: each ends the connection, and there is a new one at once.
#[tokio::test]
async fn a_call_that_fails_ends_the_connection_and_a_new_one_is_made() {
    let bad: [&'static str; 5] =
        ["", "*1\r\n:1\r\n", "-OOM command not allowed\r\n", "!\r\n", CLOSED];
    for decide in bad {
        let answers: &'static [Answers] = Box::leak(Box::new([Answers { decide, ..WELL }, WELL]));
        let (url, accepted) = server(answers).await;
        let (link, keeper) = link(&url);
        let counts = Counts::over(Arc::clone(&link));
        link.connect().await.unwrap();
        let kept = tokio::spawn(keeper.keep());
        let answer = tokio::time::timeout(SHARED_CALL_TIMEOUT * 4, counts.decide(batch())).await;
        assert_eq!(answer, Ok(Err(StoreLost)), "{decide:?}");
        let back = async {
            while !link.is_there() {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), back).await.unwrap();
        assert_eq!(accepted.load(Relaxed), 2, "{decide:?}");
        assert!(counts.decide(batch()).await.is_ok(), "{decide:?}");
        kept.abort();
    }
}
