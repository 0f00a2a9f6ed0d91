//! The program under test, on a port and over a database of its own, and somebody who looks at its pages.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use form_urlencoded::Serializer;

use crate::support::Database;

pub const ADMIN: &str = "00000000-0000-0000-0000-00000000000a";
pub const ALICE: &str = "00000000-0000-0000-0000-000000000a11";
pub const BOB: &str = "00000000-0000-0000-0000-000000000b0b";

pub struct Site {
    pub database: Database,
    pub at: SocketAddr,
    program: Child,
}

/// The program, to be started; it says where it is, or why not.
pub fn program(database: &Database, role: &str) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_referrals-admin"));
    let address = &database.address;
    let (folder, port) = (address.folder.display(), address.port);
    let url = format!("host={folder} port={port} user={role} dbname={}", database.name);
    program.env("DATABASE_URL", url).env("ADMIN_LISTEN", "127.0.0.1:0");
    program.env("ADMIN_USER_UUID", ADMIN).env_remove("ADMIN_PASSWORD_HASH");
    program.stdin(Stdio::null());
    program
}

impl Site {
    pub fn new() -> Site {
        Site::over(Database::with_setup(), "postgres", &[])
    }

    pub fn over(database: Database, role: &str, environment: &[(&str, &str)]) -> Site {
        let mut command = program(&database, role);
        command.envs(environment.iter().copied());
        let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut told = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut told).unwrap();
        let at = told.split("http://").nth(1).and_then(|rest| rest.split('/').next());
        let at = at.unwrap_or_else(|| panic!("it said {told:?}")).parse().unwrap();
        Site { database, at, program }
    }

    pub fn sql(&self, sql: &str) {
        self.database.connect().batch_execute(sql).unwrap();
    }

    /// The one text that a query gives.
    pub fn ask(&self, sql: &str) -> String {
        let row = self.database.connect().query_one(&format!("SELECT ({sql})::text"), &[]).unwrap();
        row.get::<_, Option<String>>(0).unwrap_or_default()
    }

    pub fn visitor(&self) -> Visitor {
        Visitor {
            at: self.at,
            host: self.at.to_string(),
            cookie: String::new(),
            token: String::new(),
        }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.program.kill();
        let _ = self.program.wait();
    }
}

/// A browser without a picture: keeps its cookie, and the token of the last page.
pub struct Visitor {
    at: SocketAddr,
    pub host: String,
    pub cookie: String,
    pub token: String,
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Where a form that was carried out leads.
    pub fn leads_to(&self) -> &str {
        assert_eq!(self.status, 303, "{}", self.body);
        self.header("location")
    }

    pub fn says(&self, text: &str) {
        assert!(self.body.contains(text), "{} without {text:?}:\n{}", self.status, self.body);
    }
}

impl Visitor {
    fn send(&mut self, request: &str, body: &str) -> Answer {
        let mut stream = TcpStream::connect(self.at).unwrap();
        let head = format!(
            "{request} HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nConnection: close\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n",
            self.host,
            self.cookie,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8(answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let (first, lines) = head.split_once("\r\n").unwrap();
        let headers: BTreeMap<String, String> = lines
            .lines()
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect();
        if let Some(cookie) = headers.get("set-cookie") {
            self.cookie = cookie.split(';').next().unwrap().to_owned();
        }
        if let Some(rest) = body.split("name=\"token\" value=\"").nth(1) {
            self.token = rest.split('"').next().unwrap().to_owned();
        }
        let status = first.split(' ').nth(1).unwrap().parse().unwrap();
        Answer { status, headers, body: body.to_owned() }
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send(&format!("GET {path}"), "")
    }

    /// A page that is there.
    pub fn see(&mut self, path: &str) -> Answer {
        let answer = self.get(path);
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer
    }

    /// Sends a form, with the token of the page before.
    pub fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = self.token.clone();
        let mut body = Serializer::new(String::new());
        let body = body.extend_pairs(fields).append_pair("token", &token).finish();
        self.send(&format!("POST {path}"), &body)
    }

    /// What the last page's form would send unchanged, with these fields written over.
    pub fn fill(&mut self, path: &str, changed: &[(&str, &str)]) -> Answer {
        let page = self.see(path);
        let mut fields = fields_of(&page.body);
        for (name, value) in changed {
            let field = fields.iter_mut().find(|(field, _)| field == name);
            field.unwrap_or_else(|| panic!("{path} has no field {name}")).1 = (*value).to_owned();
        }
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.post(path, &fields)
    }
}

/// Name and value of the fields of forms, texts, choices and lines.
fn fields_of(html: &str) -> Vec<(String, String)> {
    let attribute = |tag: &str, name: &str| {
        let value = tag.split(&format!(" {name}=\"")).nth(1)?.split('"').next()?;
        Some(unescaped(value))
    };
    let mut fields = Vec::new();
    for tag in html.split('<').skip(1) {
        let Some(name) = attribute(tag, "name").filter(|name| name != "token") else {
            continue;
        };
        if tag.starts_with("input") {
            fields.push((name, attribute(tag, "value").unwrap_or_default()));
        } else if tag.starts_with("select") {
            let choices = &html[html.find(tag).unwrap()..];
            let choices = choices.split("</select>").next().unwrap();
            let chosen = choices.split("<option").find(|option| option.contains(" selected>"));
            let chosen = chosen.or(choices.split("<option").nth(1));
            fields.push((name, chosen.and_then(|tag| attribute(tag, "value")).unwrap_or_default()));
        } else if tag.starts_with("textarea") {
            let (_, text) = tag.split_once('>').unwrap();
            fields.push((name, unescaped(text.trim_start_matches('\n'))));
        }
    }
    fields
}

fn unescaped(html: &str) -> String {
    let pairs = [("&#60;", "<"), ("&#62;", ">"), ("&#34;", "\""), ("&#39;", "'"), ("&#38;", "&")];
    pairs.iter().fold(html.to_owned(), |text, (mark, sign)| text.replace(mark, sign))
}
