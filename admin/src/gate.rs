//! Who comes in, and that a form was sent from a page of ours.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use argon2::password_hash::SaltString;
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use askama::Template;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Extension, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::Shared;
use crate::forms::Sent;
use crate::page::html;
use crate::problem::{Problem, Result};

const COOKIE: &str = "referrals_admin";
/// An import of 100,000 codes fits.
const LONGEST_FORM: usize = 16 << 20;
const LONGEST_SESSION: Duration = Duration::from_secs(12 * 3600);
/// What a wrong password costs; one is tried at a time.
const WRONG_PASSWORD: Duration = Duration::from_secs(1);

/// Sent with every answer. No script, no frame, no form to elsewhere, nothing kept by the browser.
const HEADERS: [(HeaderName, &str); 6] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

pub struct Gate {
    password_hash: Option<String>,
    /// Of this run of the program: a token from before is void.
    key: [u8; 32],
    /// Who has said the password, and when.
    inside: Mutex<HashMap<String, Instant>>,
    one_at_a_time: tokio::sync::Mutex<()>,
}

/// Whose browser it is: random, and kept in a cookie.
#[derive(Clone)]
pub struct Session {
    id: String,
    /// To be sent with each of its forms.
    pub token: String,
    pub can_leave: bool,
}

impl Gate {
    pub fn new(password_hash: Option<String>) -> Gate {
        let (inside, one_at_a_time) = (Mutex::default(), tokio::sync::Mutex::default());
        Gate { password_hash, key: rand::random(), inside, one_at_a_time }
    }

    fn session(&self, id: String) -> Session {
        let token = hex(&self.mac(&id).finalize().into_bytes());
        Session { id, token, can_leave: self.password_hash.is_some() }
    }

    fn mac(&self, id: &str) -> Hmac<Sha256> {
        // HMAC takes keys of every length.
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length");
        mac.update(id.as_bytes());
        mac
    }

    /// Takes the same time wherever the token is wrong.
    fn is_token_of(&self, session: &Session, token: &str) -> bool {
        unhex(token).is_some_and(|bytes| self.mac(&session.id).verify_slice(&bytes).is_ok())
    }

    fn is_inside(&self, session: &Session) -> bool {
        let inside = self.inside.lock().unwrap_or_else(|broken| broken.into_inner());
        let since = inside.get(&session.id);
        self.password_hash.is_none() || since.is_some_and(|since| since.elapsed() < LONGEST_SESSION)
    }

    fn let_in(&self, session: &Session) {
        let mut inside = self.inside.lock().unwrap_or_else(|broken| broken.into_inner());
        inside.retain(|_, since| since.elapsed() < LONGEST_SESSION);
        inside.insert(session.id.clone(), Instant::now());
    }

    fn let_out(&self, session: &Session) {
        self.inside.lock().unwrap_or_else(|broken| broken.into_inner()).remove(&session.id);
    }

    async fn is_password(&self, password: &str) -> bool {
        let Some(hash) = &self.password_hash else {
            return true;
        };
        let _one = self.one_at_a_time.lock().await;
        let parsed = PasswordHash::new(hash);
        let right = parsed.is_ok_and(|hash| {
            let verified = Argon2::default().verify_password(password.as_bytes(), &hash);
            verified.is_ok()
        });
        if !right {
            tokio::time::sleep(WRONG_PASSWORD).await;
        }
        right
    }
}

/// What ADMIN_PASSWORD_HASH is to be for the password that is the first line of the input.
pub fn hash_of_a_line() -> std::result::Result<String, String> {
    let mut password = String::new();
    std::io::stdin().read_line(&mut password).map_err(|error| error.to_string())?;
    let password = password.trim_end_matches(['\r', '\n']);
    let salt = SaltString::encode_b64(&rand::random::<[u8; 16]>());
    let hash = salt.and_then(|salt| {
        Argon2::default().hash_password(password.as_bytes(), &salt).map(|hash| hash.to_string())
    });
    hash.map_err(|error| error.to_string())
}

/// Every request passes here, and every answer.
pub async fn guard(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let known = cookie(request.headers());
    let is_new = known.is_none();
    let session = app.gate.session(known.unwrap_or_else(|| hex(&rand::random::<[u8; 16]>())));
    let mut answer = match admit(&app, &session, request).await {
        Ok(request) => next.run(request).await,
        Err(Refusal::AskPassword) => Redirect::to("/login").into_response(),
        Err(Refusal::Problem(problem)) => problem.into_response(),
    };
    let headers = answer.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if is_new {
        set_cookie(headers, &session.id);
    }
    answer
}

enum Refusal {
    AskPassword,
    Problem(Problem),
}

fn refused(status: StatusCode, why: &'static str) -> Refusal {
    Refusal::Problem(Problem::Refused(status, why))
}

async fn admit(
    app: &Shared,
    session: &Session,
    request: Request,
) -> std::result::Result<Request, Refusal> {
    // A page elsewhere whose name was made to lead here would be of another name.
    if app.gate.password_hash.is_none() && !is_for_this_machine(request.headers()) {
        let why =
            "These pages answer to localhost, 127.0.0.1 and [::1] alone, as they have no password";
        return Err(refused(StatusCode::FORBIDDEN, why));
    }
    let path = request.uri().path();
    if !app.gate.is_inside(session) && path != "/login" && path != "/style.css" {
        return Err(Refusal::AskPassword);
    }
    let mut request = match *request.method() {
        Method::GET | Method::HEAD => request,
        Method::POST => {
            let (parts, body) = request.into_parts();
            let too_long = |_| refused(StatusCode::PAYLOAD_TOO_LARGE, "That is more than 16 MB");
            let body = to_bytes(body, LONGEST_FORM).await.map_err(too_long)?;
            let sent = Sent::read(&body);
            if !app.gate.is_token_of(session, sent.text("token")) {
                let why = "This form is not from a page that these pages gave you, or they were restarted since: \
                           go back, reload the page and send it again";
                return Err(refused(StatusCode::FORBIDDEN, why));
            }
            let mut request = Request::from_parts(parts, Body::empty());
            request.extensions_mut().insert(sent);
            request
        }
        _ => {
            return Err(refused(
                StatusCode::METHOD_NOT_ALLOWED,
                "That is no method of these pages",
            ));
        }
    };
    request.extensions_mut().insert(session.clone());
    Ok(request)
}

fn is_for_this_machine(headers: &HeaderMap) -> bool {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    ["localhost", "127.0.0.1", "[::1]"].contains(&name)
}

fn cookie(headers: &HeaderMap) -> Option<String> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs =
        all.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, id) = pairs.find(|(name, _)| *name == COOKIE)?;
    (unhex(id)?.len() == 16).then(|| id.to_owned())
}

fn set_cookie(headers: &mut HeaderMap, id: &str) {
    let cookie = format!("{COOKIE}={id}; Path=/; HttpOnly; SameSite=Strict");
    // Hexadecimal digits and the words above.
    let cookie = HeaderValue::from_str(&cookie).expect("ASCII");
    headers.append(header::SET_COOKIE, cookie);
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login {
    token: String,
    is_wrong: bool,
}

pub fn routes() -> Router<Shared> {
    Router::new().route("/login", get(ask).post(enter)).route("/logout", post(leave))
}

async fn ask(Extension(session): Extension<Session>) -> Result<Response> {
    html(&Login { token: session.token, is_wrong: false })
}

async fn enter(
    State(app): State<Shared>,
    Extension(session): Extension<Session>,
    Extension(sent): Extension<Sent>,
) -> Result<Response> {
    if !app.gate.is_password(sent.text("password")).await {
        let page = html(&Login { token: session.token, is_wrong: true })?;
        return Ok((StatusCode::FORBIDDEN, page).into_response());
    }
    // A new name: whoever had put the old one into this browser is not let in with it.
    let session = app.gate.session(hex(&rand::random::<[u8; 16]>()));
    app.gate.let_in(&session);
    let mut answer = Redirect::to("/").into_response();
    set_cookie(answer.headers_mut(), &session.id);
    Ok(answer)
}

async fn leave(State(app): State<Shared>, Extension(session): Extension<Session>) -> Redirect {
    app.gate.let_out(&session);
    Redirect::to("/login")
}
