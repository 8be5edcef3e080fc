//! The demonstration host: every vestibule crate, wired to one SQLite database and served over HTTP.
#![forbid(unsafe_code)]

mod accounts;
mod app;
mod credentials;
mod demo;
mod options;
mod secrets;
mod setup;
mod usage;
mod waitlist;

use std::{error::Error, net::SocketAddr, process::ExitCode, time::Duration};

use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::{filter::Targets, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    options::{HELP, Options, Request},
    setup::House,
};

/// Answers are made on one thread and freed on another, which the allocator of glibc is slow at.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let outcome = match options::parse(lexopt::Parser::from_env()) {
        Ok(Request::Help) => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        Ok(Request::Serve(options)) => serve(&options),
        Err(error) => Err(format!("{error}\n\n{HELP}").into()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("host: {}", with_causes(error.as_ref()));
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(options: &Options) -> Result<(), Box<dyn Error>> {
    let levels: Targets = std::env::var("RUST_LOG").as_deref().unwrap_or("info").parse()?;
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr))
        .with(levels)
        .init();
    let house = setup::open(options).await?;
    let listener = TcpListener::bind(&options.addr)
        .await
        .map_err(|error| format!("{} can't be listened on: {error}", options.addr))?;
    let base_url = format!("http://{}", listener.local_addr()?);
    if let Some(file) = &options.credentials {
        credentials::write(file, &base_url, &house)?;
    }
    credentials::print(&base_url, &house);
    tracing::info!(%base_url, "ready");
    // The peer's address is what keys that are bound to networks are held to.
    let app = app::router(&base_url, &house).into_make_service_with_connect_info::<SocketAddr>();
    let flushing = tokio::spawn(flush_every_second(house.clone()));
    axum::serve(listener, app).with_graceful_shutdown(asked_to_stop()?).await?;
    flushing.abort();
    house.keys.flush_usage(house.clock.now()).await?;
    tracing::info!("stopped");
    Ok(())
}

/// Stores what keys were used for, and what was refused of them; what fails is tried again.
async fn flush_every_second(house: House) {
    let mut seconds = tokio::time::interval(Duration::from_secs(1));
    loop {
        seconds.tick().await;
        if let Err(error) = house.keys.flush_usage(house.clock.now()).await {
            tracing::error!(error = with_causes(&error), "usage can't be stored");
        }
    }
}

/// Ends on Ctrl-C and on SIGTERM; requests under way are answered first.
fn asked_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
    })
}

fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    text
}
