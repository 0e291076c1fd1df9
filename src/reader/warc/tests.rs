use proptest::prelude::*;

use super::*;

fn record(head: &str, block: &str) -> String {
    format!("WARC/1.0\r\n{head}\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n", block.len())
}

fn response(url: &str, content_type: &str, body: &str) -> String {
    record(
        &format!("WARC-Type: response\r\nWARC-Date: 2014-01-03T03:03:21Z\r\nWARC-Target-URI: {url}"),
        &format!("HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\n{body}"),
    )
}

fn read(bytes: &[u8]) -> Vec<Item> {
    let options = ReadOptions::default();
    let mut items = Vec::new();
    let _ = Warc.read(&Input::whole("a.warc", bytes, &options), &mut |item| items.push(item));
    items
}

fn outcome(bytes: &str) -> String {
    match read(bytes.as_bytes()).as_slice() {
        [] => "nothing".to_owned(),
        [Item::Draft { draft, .. }] => {
            format!("{:?} {}", draft.title.as_deref().unwrap_or_default(), draft.body)
        }
        [Item::LeftOut { what, .. }] => what.as_str().to_owned(),
        [Item::Skip { fault, .. }] => fault.reason.as_str().to_owned(),
        more => panic!("{more:?}"),
    }
}

const URL: &str = "http://h.example/a";
const PAGE: &str = "<!doctype html><title>Eels</title><p>The eels are back.</p>";

#[test]
fn pages_are_read_and_the_rest_is_counted() {
    let eels = "\"Eels\" The eels are back.";
    let answer = |head: &str| record(&format!("WARC-Type: response\r\nWARC-Target-URI: {URL}"), head);
    let typed = |kind: &str, url: &str, content_type: &str, block: &str| {
        record(&format!("WARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nContent-Type: {content_type}"), block)
    };
    for (bytes, expected) in [
        (response(URL, "text/html; charset=utf-8", PAGE), eels),
        (response(URL, "application/xhtml+xml", PAGE), eels),
        (response(URL, "text/plain", PAGE), eels),
        (response(URL, "text/plain", "Eels\n\nThe eels are back."), eels),
        (response(URL, "application/octet-stream", PAGE), eels),
        (response(URL, "application/octet-stream", "some text"), "no-text"),
        (response(URL, "image/png", "x"), "no-text"),
        (response(URL, "text/html", "\u{1}\u{2}\u{3}\u{4}\u{5}"), "no-text"),
        (response(URL, "text/html", "{\"json\": true}"), "no-text"),
        (response(URL, "text/html", ""), "no-text"),
        (response(URL, "text/html", "<html><img src=pixel.gif></html>"), "no-text"),
        (response("http://h.example/robots.txt", "text/plain", "User-agent: *"), "no-article"),
        (response("dns:h.example", "text/plain", "h.example. A 1.2.3.4"), "nothing"),
        (answer(&format!("HTTP/1.1 200\nContent-Type: text/html\n\n{PAGE}")), eels),
        (answer("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"), "no-page"),
        (answer("HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>no</p>"), "no-page"),
        (typed("resource", URL, "text/html", PAGE), eels),
        (typed("conversion", URL, "text/plain", "Eels\n\nThe eels are back."), eels),
        (typed("response", URL, "application/http; msgtype=response", "cut"), "no-page"),
        (typed("resource", "metadata://h.example/log", "text/plain", "log"), "nothing"),
        (typed("resource", "urn:text:http://h.example/a", "text/plain", "copy"), "nothing"),
        (typed("revisit", URL, "application/http", "HTTP/1.1 200 OK\r\n\r\n"), "revisit"),
        (typed("request", URL, "application/http", "GET / HTTP/1.1\r\n\r\n"), "nothing"),
        (record("WARC-Type: warcinfo", "software: x"), "nothing"),
        ("WARC/1.0\r\nWARC-Type: response\r\n".to_owned(), "broken"),
    ] {
        assert_eq!(outcome(&bytes), expected, "{bytes}");
    }
}

#[test]
fn captures_know_address_and_time_but_no_date_of_publication() {
    let items = read(response("<http://h.example/a#top>", "text/html", PAGE).as_bytes());
    let Item::Draft { draft, .. } = &items[0] else { panic!("{items:?}") };
    assert_eq!(draft.url.as_deref(), Some(URL));
    assert_eq!(draft.meta["captured"], ["2014-01-03T03:03:21Z"]);
    assert_eq!(draft.published, None);
}

#[test]
fn spots_cut_the_records_out_again() {
    let (first, second) = (response(URL, "text/html", PAGE), response(URL, "text/html", PAGE));
    let bytes = format!("{first}{second}");
    let spots: Vec<Spot> = read(bytes.as_bytes())
        .into_iter()
        .map(|item| match item {
            Item::Draft { spot, .. } => spot,
            other => panic!("{other:?}"),
        })
        .collect();
    for (spot, record) in spots.iter().zip([&first, &second]) {
        let (at, length) = spot.bytes.unwrap();
        assert_eq!(&bytes[at as usize..(at + length) as usize], record.trim_end());
    }
    assert_eq!((spots[0].record, spots[1].record), (Some(1), Some(2)));
}

#[test]
fn long_data_is_passed_over() {
    let head = |content_type: &str| {
        format!(
            "WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {URL}\r\nContent-Length: 90000000000\r\n\r\n\
             HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\n\r\nxx"
        )
    };
    let whole = |bytes: &str| (bytes.find("\r\n\r\n").unwrap() + 4) as u64 + 90_000_000_000 + 4;
    let film = head("video/mp4");
    assert_eq!(WarcCutter.pass_over(film.as_bytes()), Some((whole(&film), Some(LeftOut::NoText))));
    assert_eq!(WarcCutter.pass_over(head("text/html").as_bytes()), None);
    assert_eq!(WarcCutter.pass_over(b"WARC/1.0\r\nWARC-Type: resp"), None);
    let request = "WARC/1.0\r\nWARC-Type: request\r\nContent-Length: 20\r\n\r\nGET";
    assert_eq!(WarcCutter.pass_over(request.as_bytes()), Some((request.len() as u64 - 3 + 24, None)));
}

proptest! {
    #[test]
    fn never_panics(
        bytes: Vec<u8>,
        text in "(WARC/1.0\r\n|WARC-Type: response|WARC-Target-URI: http://h.example/a|Content-Length: [0-9]{1,20}|Content-Type: text/html|HTTP/1.1 200 OK|\r\n|\r\n\r\n|\\PC){0,40}",
    ) {
        for bytes in [&bytes[..], text.as_bytes()] {
            read(bytes);
            WarcCutter.cut(bytes, false);
            WarcCutter.cut(bytes, true);
            WarcCutter.resync(bytes);
            WarcCutter.pass_over(bytes);
        }
    }
}
