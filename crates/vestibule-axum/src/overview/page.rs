//! The page: plain HTML, and a script that asks the JSON routes.

use axum::{
    Router,
    http::{HeaderName, header},
    response::{Html, IntoResponse},
    routing::{MethodRouter, get},
};

/// `/overview`, the page that shows the Overview, with its scripts and style sheet; it asks `/v1/overview…` for numbers.
///
/// The page itself holds nothing that needs protection. It presents the token in its URL's fragment
/// (`/overview#token=…`) as a bearer: a fragment is not sent to the server, so the token is in no log.
pub fn page() -> Router {
    Router::new()
        .route("/overview", get(html))
        .route("/overview/page.js", script(include_str!("page.js")))
        .route("/overview/chart.js", script(include_str!("chart.js")))
        .route("/overview/table.js", script(include_str!("table.js")))
        .route("/overview/page.css", get(|| asset("text/css; charset=utf-8", include_str!("page.css"))))
}

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

async fn html() -> impl IntoResponse {
    let headers: [(HeaderName, &str); 3] = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Html(include_str!("page.html")))
}

fn script(text: &'static str) -> MethodRouter {
    get(move || asset("text/javascript; charset=utf-8", text))
}

async fn asset(content_type: &'static str, text: &'static str) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, content_type), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], text)
}
