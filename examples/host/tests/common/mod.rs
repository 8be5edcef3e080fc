//! A running host, and the requests that tests make of it.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use tempfile::TempDir;
use ureq::{Agent, http::Response};

/// A host that this test started; it is killed when dropped.
pub(crate) struct Host {
    child: Child,
    pub(crate) base_url: String,
    pub(crate) secret_key: String,
    pub(crate) scim_base_url: String,
    pub(crate) scim_token: String,
    agent: Agent,
}

/// An answer: status and JSON body (`null` if it has none).
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The code of its first error.
    pub(crate) fn code(&self) -> &str {
        self.body["errors"][0]["code"].as_str().unwrap_or_default()
    }
}

impl Host {
    /// Starts the host on a free port, with its database in `folder`.
    pub(crate) fn start(folder: &TempDir, options: &[&str]) -> Self {
        let database = format!("sqlite:{}", folder.path().join("host.sqlite").display());
        Self::start_on(folder, &database, options)
    }

    /// Starts the host on a free port, with this database.
    pub(crate) fn start_on(folder: &TempDir, database: &str, options: &[&str]) -> Self {
        let credentials = folder.path().join("credentials.json");
        let _ = fs::remove_file(&credentials);
        let mut child = Command::new(env!("CARGO_BIN_EXE_host"))
            .args(["--addr", "127.0.0.1:0", "--database", database, "--credentials"])
            .arg(&credentials)
            .args(options)
            .stdout(Stdio::null())
            .stderr(Stdio::from(fs::File::create(folder.path().join("host.log")).unwrap()))
            .spawn()
            .unwrap();
        let written = wait_for(&credentials, &mut child, folder.path());
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Self {
            child,
            base_url: text(&written["base_url"]),
            secret_key: text(&written["secret_key"]),
            scim_base_url: text(&written["scim"]["base_url"]),
            scim_token: text(&written["scim"]["token"]),
            agent: Agent::config_builder().http_status_as_error(false).build().into(),
        }
    }

    /// Ends it as a crash would, whatever it is doing.
    pub(crate) fn signal_kill(&self) {
        self.signal("-KILL");
    }

    fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
    }

    /// Asks it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> std::process::ExitStatus {
        self.signal("-TERM");
        self.child.wait().unwrap()
    }

    /// A call of the Backend API with the secret key.
    pub(crate) fn api(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string());
        self.send(
            method,
            &format!("{}{path}", self.base_url),
            Some(&self.secret_key),
            body.as_deref().map(str::as_bytes),
        )
        .unwrap()
    }

    /// A call of the SCIM API with the directory's token.
    pub(crate) fn scim(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        let body = body.map(|body| body.to_string());
        let url = format!("{}{path}", self.scim_base_url);
        self.send(method, &url, Some(&self.scim_token), body.as_deref().map(str::as_bytes)).unwrap()
    }

    /// Any call; fails only where no answer came.
    pub(crate) fn send(
        &self,
        method: &str,
        url: &str,
        bearer: Option<&str>,
        body: Option<&[u8]>,
    ) -> Result<Answer, ureq::Error> {
        let mut request = ureq::http::Request::builder().method(method).uri(url);
        if let Some(bearer) = bearer {
            request = request.header("Authorization", format!("Bearer {bearer}"));
        }
        let answer = match body {
            None => self.agent.run(request.body(()).unwrap())?,
            Some(body) => {
                self.agent.run(request.header("Content-Type", "application/json").body(body).unwrap())?
            }
        };
        read(answer)
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(mut answer: Response<ureq::Body>) -> Result<Answer, ureq::Error> {
    let bytes = answer.body_mut().read_to_vec()?;
    let body =
        if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap_or(Value::Null) };
    Ok(Answer { status: answer.status().as_u16(), headers: answer.headers().clone(), body })
}

fn wait_for(credentials: &Path, child: &mut Child, folder: &Path) -> Value {
    let log: PathBuf = folder.join("host.log");
    let patience = Instant::now() + Duration::from_secs(60);
    while Instant::now() < patience {
        if let Some(written) =
            fs::read(credentials).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok())
        {
            return written;
        }
        if let Some(status) = child.try_wait().unwrap() {
            panic!("the host ended with {status}: {}", fs::read_to_string(log).unwrap());
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("the host did not start: {}", fs::read_to_string(log).unwrap());
}
