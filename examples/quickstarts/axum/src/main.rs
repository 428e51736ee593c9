//! An API for users: it introspects each token at daemun, so a logout takes effect at once.

mod user;

use std::env;

use axum::{Json, Router, routing::get};
use serde_json::{Value, json};
use tower_http::services::ServeDir;

use user::{Daemun, User};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let daemun = Daemun::new(
        env::var("DAEMUN").unwrap_or("http://127.0.0.1:8080".into()),
        env::var("SERVICE_KEY")?,
    )?;
    let app = Router::new()
        .route("/api/members", get(members))
        .fallback_service(ServeDir::new("static"))
        .with_state(daemun);

    let port = env::var("PORT").unwrap_or("3000".into());
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    println!("http://localhost:{port}");
    axum::serve(listener, app).await?;
    Ok(())
}

async fn members(user: User) -> Json<Value> {
    Json(json!({ "user_id": user.id, "roles": user.roles }))
}
