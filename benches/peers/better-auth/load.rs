//! A closed loop of HTTP requests, for servers that verify keys.
//!
//! `load ADDRESS PATH FIELD KEYS_FILE CONNECTIONS SECONDS [BEARER]` posts `{"FIELD": KEY}` with each key of the file in
//! turn over that many connections, each of which waits for its answer before it asks again; it has one thread, which
//! reads and writes and does nothing else. An answer that is not 200 ends it. Prints one line of JSON: answers in the
//! measured time (a tenth as long before it is not measured), and percentiles of the latency in microseconds.

use std::{
    error::Error,
    fs,
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, path, field, keys, connections, seconds, bearer @ ..] = arguments.as_slice() else {
        return Err("expected ADDRESS PATH FIELD KEYS_FILE CONNECTIONS SECONDS [BEARER]".into());
    };
    let authorization = bearer.first().map(|key| format!("authorization: Bearer {key}\r\n"));
    let keys = fs::read_to_string(keys)?;
    let request = |key| request(path, address, authorization.as_deref().unwrap_or_default(), field, key);
    let requests: Vec<_> = keys.lines().map(request).collect();
    let mut connections =
        (0..connections.parse::<usize>()?).map(|_| Connection::open(address)).collect::<Outcome<Vec<_>>>()?;
    let measured = Duration::from_secs_f64(seconds.parse()?);
    run(&mut connections, &requests, measured / 10)?;
    let mut latencies = run(&mut connections, &requests, measured)?;
    report(&mut latencies, measured);
    Ok(())
}

fn request(path: &str, address: &str, authorization: &str, field: &str, key: &str) -> Vec<u8> {
    let body = format!("{{\"{field}\":\"{key}\"}}");
    format!(
        "POST {path} HTTP/1.1\r\nhost: {address}\r\n{authorization}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// One request after the other on each connection, all connections at once, until the time is over.
fn run(connections: &mut [Connection], requests: &[Vec<u8>], time: Duration) -> Outcome<Vec<Duration>> {
    let (start, mut next, mut latencies) = (Instant::now(), requests.iter().cycle(), Vec::new());
    let mut request = || next.next().ok_or("there are no keys");
    for connection in &mut *connections {
        connection.ask(request()?)?;
    }
    while start.elapsed() < time {
        for connection in &mut *connections {
            latencies.push(connection.answer()?);
            connection.ask(request()?)?;
        }
    }
    for connection in connections {
        connection.answer()?;
    }
    Ok(latencies)
}

fn report(latencies: &mut [Duration], measured: Duration) {
    latencies.sort_unstable();
    let at = |percent: usize| latencies.get(latencies.len() * percent / 100).map_or(0, Duration::as_micros);
    println!(
        r#"{{"answers":{},"seconds":{},"p50_us":{},"p99_us":{}}}"#,
        latencies.len(),
        measured.as_secs_f64(),
        at(50),
        at(99)
    );
}

struct Connection {
    stream: TcpStream,
    asked: Instant,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(address: &str) -> Outcome<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, asked: Instant::now(), buffer: vec![0; 64 * 1024] })
    }

    fn ask(&mut self, request: &[u8]) -> Outcome<()> {
        self.asked = Instant::now();
        Ok(self.stream.write_all(request)?)
    }

    /// Reads one answer, and says how long it took.
    fn answer(&mut self) -> Outcome<Duration> {
        let mut filled = 0;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..])?;
            if read == 0 {
                return Err("the server closed the connection, or its answer is too long".into());
            }
            filled += read;
            if let Some(len) = answer_len(&self.buffer[..filled])?
                && filled >= len
            {
                return Ok(self.asked.elapsed());
            }
        }
    }
}

/// The length of an answer with status 200, as soon as its head is complete.
fn answer_len(read: &[u8]) -> Outcome<Option<usize>> {
    let Some(head) = read.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(None) };
    let text = String::from_utf8_lossy(&read[..head]);
    if !text.starts_with("HTTP/1.1 200") {
        return Err(format!("not answered with 200: {}", String::from_utf8_lossy(read)).into());
    }
    let length = text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    Ok(Some(head + 4 + length.ok_or("an answer without content-length")?))
}
