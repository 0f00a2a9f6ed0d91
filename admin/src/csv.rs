//! Tables to download.

use axum::http::header;
use axum::response::{IntoResponse, Response};

/// RFC 4180, every cell quoted. What a spreadsheet would run as a formula begins with an apostrophe instead.
pub fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let mut text = line(heads.iter().copied());
    for row in rows {
        text += &line(row.iter().map(String::as_str));
    }
    text
}

fn line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let cells: Vec<String> = cells
        .map(|cell| {
            let mark = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
            format!("\"{mark}{}\"", cell.replace('"', "\"\""))
        })
        .collect();
    cells.join(",") + "\r\n"
}

pub fn download(name: &str, text: String) -> Response {
    let disposition = format!("attachment; filename=\"{name}.csv\"");
    let kind = "text/csv; charset=utf-8".to_owned();
    ([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, disposition)], text)
        .into_response()
}
