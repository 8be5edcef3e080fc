//! Running again whenever a file changes.
//!
//! By polling, without a library: the files are few, a look at each costs microseconds, and it sees files that are
//! replaced, not there yet, or on a file system that reports no changes.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    thread::sleep,
    time::{Duration, SystemTime},
};

use crate::{options::Options, project};

const PAUSE: Duration = Duration::from_millis(200);

/// Runs `once`; with `--watch` again after each change, until the process is ended.
pub(crate) fn repeat(options: &Options, once: impl Fn() -> ExitCode) -> ExitCode {
    if !options.watch {
        return once();
    }
    loop {
        let watched = Watched::look(options);
        once();
        eprintln!("expo-theme: waiting for changes");
        watched.wait();
    }
}

/// The files that a run reads, as they were before it.
struct Watched(Vec<(PathBuf, Stamp)>);

/// When a file was modified and how long it is; nothing when it is not there.
type Stamp = Option<(SystemTime, u64)>;

impl Watched {
    fn look(options: &Options) -> Self {
        let configuration: Vec<_> = project::files(options).into_iter().map(stamped).collect();
        // After the look at the configuration: a change of what it names is a change of it.
        let theme = options.file.clone().or_else(|| project::theme_path(options)).map(stamped);
        Self(configuration.into_iter().chain(theme).collect())
    }

    /// Waits for a change, and then until nothing changes any more: an editor may be half through.
    fn wait(&self) {
        let now = || self.0.iter().map(|(path, _)| stamp(path)).collect::<Vec<Stamp>>();
        let mut last: Vec<Stamp> = self.0.iter().map(|(_, stamp)| *stamp).collect();
        let mut changed = false;
        loop {
            sleep(PAUSE);
            let seen = now();
            match seen == last {
                true if changed => return,
                true => {}
                false => changed = true,
            }
            last = seen;
        }
    }
}

fn stamped(path: PathBuf) -> (PathBuf, Stamp) {
    let stamp = stamp(&path);
    (path, stamp)
}

fn stamp(path: &Path) -> Stamp {
    let file = fs::metadata(path).ok()?;
    Some((file.modified().ok()?, file.len()))
}
