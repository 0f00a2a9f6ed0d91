//! Referral codes from tokio-postgres. The server is the one that PGHOST, PGDATABASE and so on name.

use std::env;
use std::future::poll_fn;
use std::pin::pin;
use std::time::Duration;

use rust_decimal::Decimal;
use serde_json::Value;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::time::timeout;
use tokio_postgres::{AsyncMessage, Client, Config, Error, NoTls, Row};
use uuid::{Uuid, uuid};

const ALICE: Uuid = uuid!("00000000-0000-0000-0000-000000000a11");
const BOB: Uuid = uuid!("00000000-0000-0000-0000-000000000b0b");
const CAROL: Uuid = uuid!("00000000-0000-0000-0000-000000000ca2");
const DAVE: Uuid = uuid!("00000000-0000-0000-0000-000000000da7");

const WEBHOOKS: &str = include_str!("../../webhooks.json");

/// A connection, and what it is notified of.
async fn connect() -> Result<(Client, UnboundedReceiver<()>), Error> {
    let var = |name: &str, default: &str| env::var(name).unwrap_or(default.into());
    let mut config = Config::new();
    config.host(var("PGHOST", "localhost")).dbname(var("PGDATABASE", "postgres"));
    config.user(var("PGUSER", "postgres")).password(var("PGPASSWORD", ""));
    config.port(var("PGPORT", "5432").parse().expect("PGPORT is a number"));
    let (client, mut connection) = config.connect(NoTls).await?;
    let (notify, notified) = unbounded_channel();
    tokio::spawn(async move {
        let mut messages = pin!(poll_fn(move |context| connection.poll_message(context)));
        while let Some(Ok(message)) = messages.as_mut().await {
            if let AsyncMessage::Notification(_) = message {
                // Nobody may be listening any more.
                let _ = notify.send(());
            }
        }
    });
    Ok((client, notified))
}

/// The account and the redemption, both or neither.
async fn sign_up(
    client: &mut Client,
    account: Uuid,
    email: &str,
    code: &str,
) -> Result<Row, Error> {
    let transaction = client.transaction().await?;
    let insert = "INSERT INTO accounts (id, email) VALUES ($1, $2)";
    transaction.execute(insert, &[&account, &email]).await?;
    let redeem = "SELECT * FROM referral_use_code($1, $2)";
    let used = transaction.query_one(redeem, &[&code, &account]).await?;
    transaction.commit().await?;
    Ok(used)
}

/// Work that may be done twice: again on a new connection where this one was lost, or another transaction was in the
/// way. Whoever lost the reply of a commit cannot know whether it was one.
async fn retrying<T>(work: impl AsyncFn(&Client) -> Result<T, Error>) -> Result<T, Error> {
    for _ in 0..2 {
        match work(&connect().await?.0).await {
            Err(e) if may_be_tried_again(&e) => {}
            answer => return answer,
        }
    }
    work(&connect().await?.0).await
}

fn may_be_tried_again(e: &Error) -> bool {
    // What is no answer of the server's, or ends the connection, leaves open whether the work was done.
    e.as_db_error().is_none_or(|answer| {
        answer.severity() == "FATAL" || ["40001", "40P01"].contains(&answer.code().code())
    })
}

/// The account's use of the code: a new one, or the one that an earlier attempt has made.
async fn redeem(client: &Client, account: Uuid, code: &str) -> Result<Option<Row>, Error> {
    let redeem = "SELECT * FROM referral_try_use_code($1, $2)";
    let used = client.query_one(redeem, &[&code, &account]).await?;
    let is_there = used.get("ok") || used.get::<_, Option<&str>>("reason") == Some("already_used");
    Ok(is_there.then_some(used))
}

/// May come twice: the payment's and the refund's own names make a repeat a repeat.
async fn take_webhook(
    client: &Client,
    event: &Value,
) -> Result<String, Box<dyn std::error::Error>> {
    let text = |key: &str| event[key].as_str().ok_or(format!("the event has no {key}"));
    let (payment, amount) = (text("payment")?, text("amount")?.parse::<Decimal>()?);
    let (told, repeated) = if text("type")? == "payment" {
        let account: Uuid = text("account")?.parse()?;
        let purchase = "SELECT * FROM referral_record_purchase($1, $2, $3, currency => $4, source_type => 'payment')";
        let answer =
            client.query_one(purchase, &[&account, &payment, &amount, &text("currency")?]).await?;
        let (reason, reward): (&str, Decimal) =
            (answer.get("reason"), answer.get("referrer_reward"));
        (format!("{payment} of {amount}: {reason}, {reward} for Alice"), answer.get("repeated"))
    } else {
        let refund = text("refund")?;
        let take_back =
            "SELECT * FROM referral_record_refund($1, $2, $3, source_type => 'payment')";
        let answer = client.query_one(take_back, &[&payment, &refund, &amount]).await?;
        let taken: Decimal = answer.get("referrer_taken");
        (format!("{refund} of {amount}: {taken} taken back"), answer.get("repeated"))
    };
    Ok(told + if repeated { ", a repeat" } else { "" })
}

/// Hands over all that waits. An event comes again if it was not acknowledged: handle it at least once.
async fn handle_events(client: &Client, handle: impl Fn(&Row)) -> Result<(), Error> {
    loop {
        let events = client.query("SELECT * FROM referral_poll_events('mailer')", &[]).await?;
        if events.is_empty() {
            return Ok(());
        }
        events.iter().for_each(&handle);
        let ids: Vec<i64> = events.iter().map(|event| event.get("id")).collect();
        client.execute("SELECT referral_ack_events('mailer', $1)", &[&ids]).await?;
    }
}

fn tell(event: &Row) {
    let (name, payload): (&str, Value) = (event.get("type"), event.get("payload"));
    match payload["amount"].as_str() {
        Some(amount) => println!("  {name} {amount}"),
        None => println!("  {name}"),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut client, _) = connect().await?;

    println!("Bob signs up");
    let used = sign_up(&mut client, BOB, "bob@example.com", "friend").await?;
    let (code, left): (&str, i32) = (used.get("code"), used.get("remaining_uses"));
    println!("  with {code}, which has {left} left");

    println!("Dave redeems, and the connection is lost before he hears of it");
    let used = retrying(async |client| {
        let used = redeem(client, DAVE, "friend").await?;
        if used.as_ref().is_some_and(|used| used.get("ok")) {
            client.execute("SELECT pg_terminate_backend(pg_backend_pid())", &[]).await?;
        }
        Ok(used)
    });
    let used = used.await?.ok_or("refused")?;
    let (reason, left): (&str, i32) = (used.get("reason"), used.get("remaining_uses"));
    println!("  asked again: {reason}, and the code has {left} left");

    println!("Carol signs up");
    if let Err(e) = sign_up(&mut client, CAROL, "carol@example.com", "friend").await {
        match e.as_db_error() {
            Some(refusal) if refusal.code().code().starts_with("RF") => {
                println!("  {}: {}", refusal.code().code(), refusal.message());
                println!("  {}", refusal.hint().unwrap_or_default());
            }
            _ => return Err(e.into()),
        }
    }
    let found = client.query("SELECT FROM accounts WHERE id = $1", &[&CAROL]).await?;
    println!("  accounts made: {}", found.len());

    println!("Each webhook comes twice");
    for event in serde_json::from_str::<Vec<Value>>(WEBHOOKS)? {
        for _ in 0..2 {
            println!("  {}", take_webhook(&client, &event).await?);
        }
    }
    for balance in client.query("SELECT * FROM referral_balance($1)", &[&ALICE]).await? {
        let (available, currency): (Decimal, &str) =
            (balance.get("available"), balance.get("currency"));
        println!("  Alice has {available} {currency}");
    }

    println!("Another system reads the outbox");
    let (consumer, mut notified) = connect().await?;
    // Before the first look, so that nothing falls between the look and the wait.
    consumer.batch_execute("LISTEN referral_events").await?;
    handle_events(&consumer, tell).await?;
    println!("  waits, and Dave's use is undone");
    let usage: Uuid = used.get("usage_uuid");
    client.execute("SELECT referral_undo_use($1)", &[&usage]).await?;
    // A notification only saves waiting: after ten seconds look all the same.
    if let Ok(Some(())) = timeout(Duration::from_secs(10), notified.recv()).await {
        println!("  is woken");
    }
    handle_events(&consumer, tell).await?;
    Ok(())
}
