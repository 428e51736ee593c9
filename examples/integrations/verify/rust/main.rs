//! Authenticates callers by their bearer token: GET /jwks offline, GET /introspection at daemun.
//! `DAEMUN=http://daemun:8080 ISSUER=… AUDIENCE=… SERVICE_KEY=dmk_… cargo run --example verify`
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "an app")]
mod introspection;
mod jwks;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use std::{env::var, error::Error};

/// The claims of a token; `None` if it is invalid, an error if daemun is unreachable.
type Claims = Result<Option<serde_json::Value>, Box<dyn Error + Send + Sync>>;

fn token(request: &HttpRequest) -> Option<String> {
    let line = request.headers().get("Authorization")?.to_str().ok()?;
    Some(line.strip_prefix("Bearer ")?.to_owned())
}

async fn caller(request: HttpRequest) -> HttpResponse {
    let validate = match request.path() {
        "/introspection" => introspection::claims,
        _ => jwks::claims,
    };
    let token = token(&request).unwrap_or_default();
    match web::block(move || validate(&token)).await {
        Ok(Ok(Some(claims))) => HttpResponse::Ok().json(claims),
        Ok(Ok(None)) => HttpResponse::Unauthorized().finish(),
        Ok(Err(_)) | Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = var("PORT").as_deref().unwrap_or("3000").parse()?;
    let server = HttpServer::new(|| App::new().default_service(web::to(caller)));
    let server = server.workers(1).bind(("127.0.0.1", port))?;
    println!("http://{}", server.addrs().first().ok_or("no address")?);
    Ok(server.run().await?)
}
