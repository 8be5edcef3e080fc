//! `--watch` with a real process.

use std::{
    fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

const SOUND: &str = r##"{"colors": {"primary": "#6C47FF"}}"##;
const WRONG: &str = r##"{"colors": {"primary": "#6C47F"}}"##;

/// A process whose standard error is read line by line; ended when it is dropped.
struct Watch {
    process: Child,
    lines: Receiver<String>,
}

impl Watch {
    fn start(folder: &Path, arguments: &[&str]) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_expo-theme"))
            .args(arguments)
            .current_dir(folder)
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let (sender, lines) = channel();
        let errors = BufReader::new(process.stderr.take().unwrap());
        thread::spawn(move || {
            for line in errors.lines().map_while(Result::ok) {
                let _ = sender.send(line);
            }
        });
        Self { process, lines }
    }

    /// What the next run says.
    fn run(&self) -> String {
        let mut said = String::new();
        loop {
            let line =
                self.lines.recv_timeout(Duration::from_secs(60)).unwrap_or_else(|_| panic!("after {said}"));
            if line.ends_with("waiting for changes") {
                return said;
            }
            said = said + &line + "\n";
        }
    }

    fn is_quiet(&self) -> bool {
        self.lines.recv_timeout(Duration::from_millis(900)).is_err()
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// As many editors save: a new file takes the place of the old one.
fn replace(folder: &Path, name: &str, text: &str) {
    fs::write(folder.join("beside"), text).unwrap();
    fs::rename(folder.join("beside"), folder.join(name)).unwrap();
}

#[test]
fn check_runs_again_after_each_change_however_it_is_saved() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    fs::write(folder.join("theme.json"), SOUND).unwrap();
    let watch = Watch::start(folder, &["check", "theme.json", "--watch"]);
    assert_eq!(watch.run(), "");
    fs::write(folder.join("theme.json"), WRONG).unwrap();
    assert!(watch.run().contains("`#6C47F` is no colour"));
    replace(folder, "theme.json", SOUND);
    assert_eq!(watch.run(), "");
    fs::remove_file(folder.join("theme.json")).unwrap();
    assert!(watch.run().contains("cannot read `theme.json`"));
    replace(folder, "theme.json", WRONG);
    assert!(watch.run().contains("`#6C47F` is no colour"));
    fs::write(folder.join("other.json"), "{").unwrap();
    assert!(watch.is_quiet(), "another file is no change");
}

#[test]
fn build_follows_the_configuration_to_another_theme() {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    let config = |theme: &str| format!("{{\"plugins\": [[\"@clerk/expo\", {{\"theme\": \"{theme}\"}}]]}}");
    let asset = folder.join("android/app/src/main/assets/clerk_theme.json");
    fs::create_dir_all(folder.join("android/app/src/main")).unwrap();
    fs::write(folder.join("package.json"), "{}").unwrap();
    fs::write(folder.join("theme.json"), SOUND).unwrap();
    fs::write(folder.join("app.json"), config("./theme.json")).unwrap();
    let watch = Watch::start(folder, &["build", "--project-root", ".", "--watch"]);
    assert!(watch.run().contains("wrote "));
    assert!(fs::read_to_string(&asset).unwrap().contains("#6C47FF"));
    replace(folder, "app.json", &config("./second.json"));
    assert!(watch.run().contains("there is no theme at"));
    fs::write(folder.join("second.json"), SOUND.replace("6C47FF", "102030")).unwrap();
    assert!(watch.run().contains("wrote "));
    assert!(fs::read_to_string(&asset).unwrap().contains("#102030"));
    fs::write(folder.join("theme.json"), "{").unwrap();
    assert!(watch.is_quiet(), "the first theme is of no interest any more");
    replace(folder, "app.json", "{}");
    assert!(watch.run().contains("removed "));
    assert!(!asset.exists());
    fs::write(folder.join("package.json"), "[]").unwrap();
    assert!(watch.run().contains("package.json` is not a JSON object"));
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it() {
    use std::os::unix::process::ExitStatusExt;
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("theme.json"), SOUND).unwrap();
    let mut watch = Watch::start(folder.path(), &["check", "theme.json", "--watch"]);
    assert_eq!(watch.run(), "");
    let sent = Command::new("kill").args(["-INT", &watch.process.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(ended) = watch.process.try_wait().unwrap() {
            assert_eq!(ended.signal(), Some(2), "{ended:?}");
            return;
        }
        assert!(Instant::now() < deadline, "it goes on");
        thread::sleep(Duration::from_millis(20));
    }
}
