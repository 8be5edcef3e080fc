//! A closed loop of HTTP requests, for servers that are compared with each other.
//!
//! `load ADDRESS REQUESTS_FILE CONNECTIONS SECONDS|once [BEARER]` asks for each line of the file in turn, `METHOD PATH` or
//! `METHOD PATH BODY`, over that many connections, each of which waits for its answer before it asks again; it has one
//! thread, which reads and writes and does nothing else. It begins again where the file ends, until the time is over (a
//! tenth as long before that is not measured), or stops there. An answer whose status is not 2xx ends it. A connection that
//! the server closes, as HTTP/1.0 does after every answer, is opened again as a part of the next request. Prints one line of
//! JSON: answers in the measured time, and percentiles of the latency in microseconds.

use std::{
    collections::VecDeque,
    error::Error,
    fs,
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, file, connections, seconds, bearer @ ..] = arguments.as_slice() else {
        return Err("expected ADDRESS REQUESTS_FILE CONNECTIONS SECONDS|once [BEARER]".into());
    };
    let authorization = bearer.first().map(|key| format!("authorization: Bearer {key}\r\n"));
    let file = fs::read_to_string(file)?;
    let request = |line| request(line, address, authorization.as_deref().unwrap_or_default());
    let requests = file.lines().map(request).collect::<Outcome<Vec<_>>>()?;
    let mut connections: Vec<_> =
        (0..connections.parse::<usize>()?).map(|_| Connection::new(address)).collect();
    let start = Instant::now();
    if seconds == "once" {
        let mut latencies = run(&mut connections, &mut requests.iter(), None)?;
        report(&mut latencies, start.elapsed());
        return Ok(());
    }
    let measured = Duration::from_secs_f64(seconds.parse()?);
    let mut requests = requests.iter().cycle();
    run(&mut connections, &mut requests, Some(measured / 10))?;
    let mut latencies = run(&mut connections, &mut requests, Some(measured))?;
    report(&mut latencies, measured);
    Ok(())
}

fn request(line: &str, address: &str, authorization: &str) -> Outcome<Vec<u8>> {
    let (method, rest) = line.split_once(' ').ok_or("a line is `METHOD PATH` or `METHOD PATH BODY`")?;
    let (path, body) = rest.split_once(' ').unwrap_or((rest, ""));
    let head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\n{authorization}");
    let length = body.len();
    let content = format!("content-type: application/json\r\ncontent-length: {length}\r\n");
    let content = if body.is_empty() { "" } else { &content };
    Ok(format!("{head}{content}\r\n{body}").into_bytes())
}

/// One request after the other on each connection, all connections at once, until the time or the requests are over.
fn run<'r>(
    connections: &mut [Connection<'_>],
    requests: &mut impl Iterator<Item = &'r Vec<u8>>,
    time: Option<Duration>,
) -> Outcome<Vec<Duration>> {
    let (start, mut latencies) = (Instant::now(), Vec::new());
    let mut next = || requests.next().filter(|_| time.is_none_or(|time| start.elapsed() < time));
    let mut waiting = VecDeque::new();
    for connection in connections {
        if let Some(request) = next() {
            connection.ask(request)?;
            waiting.push_back(connection);
        }
    }
    while let Some(connection) = waiting.pop_front() {
        latencies.push(connection.answer()?);
        if let Some(request) = next() {
            connection.ask(request)?;
            waiting.push_back(connection);
        }
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

struct Connection<'a> {
    address: &'a str,
    stream: Option<TcpStream>,
    asked: Instant,
    buffer: Vec<u8>,
}

impl<'a> Connection<'a> {
    fn new(address: &'a str) -> Self {
        Self { address, stream: None, asked: Instant::now(), buffer: vec![0; 64 * 1024] }
    }

    fn ask(&mut self, request: &[u8]) -> Outcome<()> {
        self.asked = Instant::now();
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.address)?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        Ok(self.stream.as_mut().ok_or("not connected")?.write_all(request)?)
    }

    /// Reads one answer, and says how long it took.
    fn answer(&mut self) -> Outcome<Duration> {
        let stream = self.stream.as_mut().ok_or("nothing was asked")?;
        let mut filled = 0;
        loop {
            if filled == self.buffer.len() {
                self.buffer.resize(filled * 2, 0);
            }
            let read = stream.read(&mut self.buffer[filled..])?;
            if read == 0 {
                return Err("the server closed the connection".into());
            }
            filled += read;
            if let Some(answer) = Answer::of(&self.buffer[..filled])?
                && filled >= answer.len
            {
                if answer.closes {
                    self.stream = None;
                }
                return Ok(self.asked.elapsed());
            }
        }
    }
}

/// What the head of an answer with a status 2xx says.
struct Answer {
    len: usize,
    closes: bool,
}

impl Answer {
    fn of(read: &[u8]) -> Outcome<Option<Self>> {
        let Some(end) = read.windows(4).position(|end| end == b"\r\n\r\n") else { return Ok(None) };
        let head = String::from_utf8_lossy(&read[..end]).to_ascii_lowercase();
        let (version, status) = head.split_once(' ').unwrap_or_default();
        if !status.starts_with('2') {
            return Err(format!("not answered with 2xx: {}", String::from_utf8_lossy(read)).into());
        }
        let header = |name: &str| {
            let mut found = head.lines().filter_map(|line| line.split_once(':'));
            found.find(|(found, _)| *found == name).map(|(_, value)| value.trim())
        };
        let body = match header("content-length") {
            Some(length) => length.parse()?,
            None if status.starts_with("204") => 0,
            None => return Err("an answer without content-length".into()),
        };
        Ok(Some(Self {
            len: end + 4 + body,
            closes: version == "http/1.0" || header("connection") == Some("close"),
        }))
    }
}
