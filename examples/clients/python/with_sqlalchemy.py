"""Referral codes from SQLAlchemy 2, over psycopg. The server is the one that PGHOST, PGDATABASE and so on name."""

import json
from decimal import Decimal
from pathlib import Path
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, cast, column, create_engine, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

ALICE = UUID("00000000-0000-0000-0000-000000000a11")
BOB = UUID("00000000-0000-0000-0000-000000000b0b")
CAROL = UUID("00000000-0000-0000-0000-000000000ca2")
DAVE = UUID("00000000-0000-0000-0000-000000000da7")

WEBHOOKS = Path(__file__).parent.parent / "webhooks.json"

engine = create_engine("postgresql+psycopg://")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "accounts"
    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str]


def rows(function, *columns):
    """SELECT columns FROM function: without table_valued it would stand in the list, a record in one column."""
    return select(function.table_valued(*columns))


def named(name, value):
    """An argument by its name."""
    return column(name).op("=>")(value)


def sign_up(account, email, code):
    """The account and the redemption, both or neither."""
    with Session(engine) as session, session.begin():
        session.add(Account(id=account, email=email))
        use = rows(func.referral_use_code(code, account), "code", "remaining_uses")
        return session.execute(use).one()


def retrying(work):
    """Work that may be done twice: again on a new connection where this one was lost, or another transaction was in
    the way. Whoever lost the reply of a commit cannot know whether it was one."""
    for attempts_left in (2, 1, 0):
        try:
            return work()
        except DBAPIError as e:
            in_the_way = e.orig.sqlstate in ("40001", "40P01")
            if not (e.connection_invalidated or in_the_way) or not attempts_left:
                raise


def redeem(account, code):
    """The account's use of the code: a new one, or the one that an earlier attempt has made."""
    columns = ("ok", "reason", "usage_uuid", "remaining_uses")
    with Session(engine) as session, session.begin():
        use = session.execute(rows(func.referral_try_use_code(code, account), *columns)).one()
    return use if use.ok or use.reason == "already_used" else None


def take_webhook(event):
    """May come twice: the payment's and the refund's own names make a repeat a repeat."""
    amount = Decimal(event["amount"])
    source = named("source_type", "payment")
    with Session(engine) as session, session.begin():
        if event["type"] == "payment":
            purchase = func.referral_record_purchase(
                UUID(event["account"]), event["payment"], amount, named("currency", event["currency"]), source
            )
            answer = session.execute(rows(purchase, "reason", "referrer_reward", "repeated")).one()
            told = f"{event['payment']} of {amount}: {answer.reason}, {answer.referrer_reward} for Alice"
        else:
            refund = func.referral_record_refund(event["payment"], event["refund"], amount, source)
            answer = session.execute(rows(refund, "referrer_taken", "repeated")).one()
            told = f"{event['refund']} of {amount}: {answer.referrer_taken} taken back"
    return told + (", a repeat" if answer.repeated else "")


def handle_events(connection, handle):
    """Hands over all that waits. An event comes again if it was not acknowledged: handle it at least once."""
    poll = rows(func.referral_poll_events("mailer"), "id", "type", "payload")
    while events := connection.execute(poll).all():
        for event in events:
            handle(event)
        ids = cast([e.id for e in events], ARRAY(BigInteger))
        connection.execute(select(func.referral_ack_events("mailer", ids)))


def main():
    print("Bob signs up")
    use = sign_up(BOB, "bob@example.com", "friend")
    print(f"  with {use.code}, which has {use.remaining_uses} left")

    print("Dave redeems, and the connection is lost before he hears of it")

    def redeem_and_lose_the_reply():
        use = redeem(DAVE, "friend")
        if use.ok:
            with engine.connect() as connection:
                connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return use

    use = retrying(redeem_and_lose_the_reply)
    print(f"  asked again: {use.reason}, and the code has {use.remaining_uses} left")

    print("Carol signs up")
    try:
        sign_up(CAROL, "carol@example.com", "friend")
    except DBAPIError as e:
        # SQLAlchemy wraps the driver's error: this is psycopg's.
        if not (e.orig.sqlstate or "").startswith("RF"):
            raise
        print(f"  {e.orig.sqlstate}: {e.orig.diag.message_primary}")
        print(f"  {e.orig.diag.message_hint}")
    with Session(engine) as session:
        found = session.get(Account, CAROL)
        print(f"  accounts made: {0 if found is None else 1}")

    print("Each webhook comes twice")
    for event in json.loads(WEBHOOKS.read_text()):
        for _ in range(2):
            print(f"  {take_webhook(event)}")
    with Session(engine) as session:
        for balance in session.execute(rows(func.referral_balance(ALICE), "available", "currency")):
            print(f"  Alice has {balance.available} {balance.currency}")

    print("Another system reads the outbox")

    def tell(event):
        print(f"  {event.type} {event.payload.get('amount', '')}".rstrip())

    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as consumer:
        # Before the first look, so that nothing falls between the look and the wait.
        consumer.execute(text("LISTEN referral_events"))
        handle_events(consumer, tell)
        print("  waits, and Dave's use is undone")
        with Session(engine) as session, session.begin():
            session.execute(select(func.referral_undo_use(use.usage_uuid)))
        # SQLAlchemy knows no notifications: the driver's connection does. One only saves waiting: after ten
        # seconds look all the same.
        for _ in consumer.connection.driver_connection.notifies(timeout=10, stop_after=1):
            print("  is woken")
        handle_events(consumer, tell)


if __name__ == "__main__":
    main()
