"""Referral codes from psycopg 3. The server is the one that PGHOST, PGDATABASE and so on name."""

import json
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import psycopg
from psycopg.rows import namedtuple_row

ALICE = UUID("00000000-0000-0000-0000-000000000a11")
BOB = UUID("00000000-0000-0000-0000-000000000b0b")
CAROL = UUID("00000000-0000-0000-0000-000000000ca2")
DAVE = UUID("00000000-0000-0000-0000-000000000da7")

WEBHOOKS = Path(__file__).parent.parent / "webhooks.json"


def connect():
    return psycopg.connect(autocommit=True, row_factory=namedtuple_row)


def sign_up(connection, account, email, code):
    """The account and the redemption, both or neither."""
    with connection.transaction():
        connection.execute("INSERT INTO accounts (id, email) VALUES (%s, %s)", (account, email))
        use = connection.execute("SELECT * FROM referral_use_code(%s, %s)", (code, account))
        return use.fetchone()


def retrying(work):
    """Work that may be done twice: again on a new connection where this one was lost, or another transaction was in
    the way. Whoever lost the reply of a commit cannot know whether it was one."""
    for attempts_left in (2, 1, 0):
        with connect() as connection:
            try:
                return work(connection)
            except psycopg.Error as e:
                if not (connection.broken or e.sqlstate in ("40001", "40P01")) or not attempts_left:
                    raise


def redeem(connection, account, code):
    """The account's use of the code: a new one, or the one that an earlier attempt has made."""
    use = connection.execute("SELECT * FROM referral_try_use_code(%s, %s)", (code, account)).fetchone()
    return use if use.ok or use.reason == "already_used" else None


def take_webhook(connection, event):
    """May come twice: the payment's and the refund's own names make a repeat a repeat."""
    amount = Decimal(event["amount"])
    if event["type"] == "payment":
        answer = connection.execute(
            "SELECT * FROM referral_record_purchase(%s, %s, %s, currency => %s, source_type => 'payment')",
            (event["account"], event["payment"], amount, event["currency"]),
        ).fetchone()
        told = f"{event['payment']} of {amount}: {answer.reason}, {answer.referrer_reward} for Alice"
    else:
        answer = connection.execute(
            "SELECT * FROM referral_record_refund(%s, %s, %s, source_type => 'payment')",
            (event["payment"], event["refund"], amount),
        ).fetchone()
        told = f"{event['refund']} of {amount}: {answer.referrer_taken} taken back"
    return told + (", a repeat" if answer.repeated else "")


def handle_events(connection, handle):
    """Hands over all that waits. An event comes again if it was not acknowledged: handle it at least once."""
    while events := connection.execute("SELECT * FROM referral_poll_events('mailer')").fetchall():
        for event in events:
            handle(event)
        connection.execute("SELECT referral_ack_events('mailer', %s)", ([e.id for e in events],))


def main():
    connection = connect()

    print("Bob signs up")
    use = sign_up(connection, BOB, "bob@example.com", "friend")
    print(f"  with {use.code}, which has {use.remaining_uses} left")

    print("Dave redeems, and the connection is lost before he hears of it")

    def redeem_and_lose_the_reply(connection):
        use = redeem(connection, DAVE, "friend")
        if use.ok:
            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return use

    use = retrying(redeem_and_lose_the_reply)
    print(f"  asked again: {use.reason}, and the code has {use.remaining_uses} left")

    print("Carol signs up")
    try:
        sign_up(connection, CAROL, "carol@example.com", "friend")
    except psycopg.Error as e:
        if e.sqlstate is None or not e.sqlstate.startswith("RF"):
            raise
        print(f"  {e.sqlstate}: {e.diag.message_primary}")
        print(f"  {e.diag.message_hint}")
    found = connection.execute("SELECT FROM accounts WHERE id = %s", (CAROL,)).rowcount
    print(f"  accounts made: {found}")

    print("Each webhook comes twice")
    for event in json.loads(WEBHOOKS.read_text()):
        for _ in range(2):
            print(f"  {take_webhook(connection, event)}")
    for balance in connection.execute("SELECT * FROM referral_balance(%s)", (ALICE,)):
        print(f"  Alice has {balance.available} {balance.currency}")

    print("Another system reads the outbox")

    def tell(event):
        print(f"  {event.type} {event.payload.get('amount', '')}".rstrip())

    with connect() as consumer:
        # Before the first look, so that nothing falls between the look and the wait.
        consumer.execute("LISTEN referral_events")
        handle_events(consumer, tell)
        print("  waits, and Dave's use is undone")
        connection.execute("SELECT referral_undo_use(%s)", (use.usage_uuid,))
        # A notification only saves waiting: after ten seconds look all the same.
        for _ in consumer.notifies(timeout=10, stop_after=1):
            print("  is woken")
        handle_events(consumer, tell)


if __name__ == "__main__":
    main()
