//! Who calls? GET /key-set and GET /introspection tell it in two ways, which stand in the files of these names.
//! `DAEMUN=http://daemun:8080 ISSUER=… AUDIENCE=… SERVICE_KEY=dmk_… cargo run --example verify`
#![expect(clippy::disallowed_methods, clippy::print_stdout, reason = "an app")]
mod introspection;
mod key_set;

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use std::{env::var, error::Error};

/// What is said of the caller; `None` of a token that is no good, an error where nobody could say.
type Told = Result<Option<serde_json::Value>, Box<dyn Error + Send + Sync>>;

fn token(request: &HttpRequest) -> Option<String> {
    let line = request.headers().get("Authorization")?.to_str().ok()?;
    Some(line.strip_prefix("Bearer ")?.to_owned())
}

async fn who(request: HttpRequest) -> HttpResponse {
    let way = match request.path() {
        "/introspection" => introspection::claims,
        _ => key_set::claims,
    };
    let token = token(&request).unwrap_or_default();
    match web::block(move || way(&token)).await {
        Ok(Ok(Some(told))) => HttpResponse::Ok().json(told),
        Ok(Ok(None)) => HttpResponse::Unauthorized().finish(),
        Ok(Err(_)) | Err(_) => HttpResponse::ServiceUnavailable().finish(),
    }
}

#[actix_web::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = var("PORT").as_deref().unwrap_or("3000").parse()?;
    let server = HttpServer::new(|| App::new().default_service(web::to(who)));
    let server = server.workers(1).bind(("127.0.0.1", port))?;
    println!("http://{}", server.addrs().first().ok_or("nowhere")?);
    Ok(server.run().await?)
}
