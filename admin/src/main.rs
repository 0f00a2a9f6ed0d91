//! Pages for whoever keeps the codes: they call the extension's functions, and nothing else writes.

mod chart;
mod codes;
mod config;
mod conversions;
mod csv;
mod db;
mod events;
mod forms;
mod gate;
mod lists;
mod many;
mod overview;
mod page;
mod payouts;
mod problem;
mod programs;
mod settings;
mod tenants;

use std::process::ExitCode;
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use config::Config;
use db::Db;
use gate::Gate;

/// What every handler may ask for.
pub struct App {
    pub db: Db,
    pub gate: Gate,
    pub config: Config,
}

pub type Shared = Arc<App>;

#[tokio::main]
async fn main() -> ExitCode {
    match serve().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(told) => {
            eprintln!("referrals-admin: {told}");
            ExitCode::FAILURE
        }
    }
}

async fn serve() -> Result<(), String> {
    if std::env::args().nth(1).as_deref() == Some("hash") {
        println!("{}", gate::hash_of_a_line()?);
        return Ok(());
    }
    let config = Config::from_environment()?;
    let db = Db::of(&config.database_url)?;
    db.try_out().await?;
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("{} cannot be listened on: {error}", config.listen))?;
    let at = listener.local_addr().map_err(|error| error.to_string())?;
    // Before the first request, and read by `make demo` and the tests.
    println!("the admin pages are at http://{at}/ until Ctrl-C");
    let gate = Gate::new(config.password_hash.clone());
    let app = Arc::new(App { db, gate, config });
    axum::serve(listener, router(app))
        .with_graceful_shutdown(interrupted())
        .await
        .map_err(|error| error.to_string())
}

fn router(app: Shared) -> Router {
    let of_a_schema = Router::new()
        .route("/", get(overview::show))
        .merge(codes::routes())
        .merge(many::routes())
        .merge(programs::routes())
        .merge(conversions::routes())
        .merge(payouts::routes())
        .merge(events::routes())
        .merge(settings::routes());
    Router::new()
        .merge(tenants::routes())
        .merge(gate::routes())
        .route("/style.css", get(page::stylesheet))
        .nest("/in/{schema}", of_a_schema)
        .fallback(page::not_found)
        .layer(axum::middleware::from_fn_with_state(app.clone(), gate::guard))
        .with_state(app)
}

/// Ctrl-C, or the word of whoever started it.
async fn interrupted() {
    use tokio::signal::unix::{SignalKind, signal};
    let Ok(mut terminated) = signal(SignalKind::terminate()) else {
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminated.recv() => {}
    }
}
