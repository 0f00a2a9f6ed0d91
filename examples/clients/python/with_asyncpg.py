"""Referral codes from asyncpg. The server is the one that PGHOST, PGDATABASE and so on name."""

import asyncio
import json
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import asyncpg

ALICE = UUID("00000000-0000-0000-0000-000000000a11")
BOB = UUID("00000000-0000-0000-0000-000000000b0b")
CAROL = UUID("00000000-0000-0000-0000-000000000ca2")
DAVE = UUID("00000000-0000-0000-0000-000000000da7")

WEBHOOKS = Path(__file__).parent.parent / "webhooks.json"


async def connect():
    connection = await asyncpg.connect()
    # Without it jsonb is a str.
    await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
    return connection


async def sign_up(connection, account, email, code):
    """The account and the redemption, both or neither."""
    async with connection.transaction():
        await connection.execute("INSERT INTO accounts (id, email) VALUES ($1, $2)", account, email)
        return await connection.fetchrow("SELECT * FROM referral_use_code($1, $2)", code, account)


async def retrying(work):
    """Work that may be done twice: again on a new connection where this one was lost, or another transaction was in
    the way. Whoever lost the reply of a commit cannot know whether it was one."""
    for attempts_left in (2, 1, 0):
        connection = await connect()
        try:
            return await work(connection)
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as e:
            in_the_way = getattr(e, "sqlstate", None) in ("40001", "40P01")
            if not (connection.is_closed() or in_the_way) or not attempts_left:
                raise
        finally:
            await connection.close()


async def redeem(connection, account, code):
    """The account's use of the code: a new one, or the one that an earlier attempt has made."""
    use = await connection.fetchrow("SELECT * FROM referral_try_use_code($1, $2)", code, account)
    return use if use["ok"] or use["reason"] == "already_used" else None


async def take_webhook(connection, event):
    """May come twice: the payment's and the refund's own names make a repeat a repeat."""
    amount = Decimal(event["amount"])
    if event["type"] == "payment":
        answer = await connection.fetchrow(
            "SELECT * FROM referral_record_purchase($1, $2, $3, currency => $4, source_type => 'payment')",
            event["account"], event["payment"], amount, event["currency"],
        )
        told = f"{event['payment']} of {amount}: {answer['reason']}, {answer['referrer_reward']} for Alice"
    else:
        answer = await connection.fetchrow(
            "SELECT * FROM referral_record_refund($1, $2, $3, source_type => 'payment')",
            event["payment"], event["refund"], amount,
        )
        told = f"{event['refund']} of {amount}: {answer['referrer_taken']} taken back"
    return told + (", a repeat" if answer["repeated"] else "")


async def handle_events(connection, handle):
    """Hands over all that waits. An event comes again if it was not acknowledged: handle it at least once."""
    while events := await connection.fetch("SELECT * FROM referral_poll_events('mailer')"):
        for event in events:
            handle(event)
        await connection.execute("SELECT referral_ack_events('mailer', $1)", [e["id"] for e in events])


async def main():
    connection = await connect()

    print("Bob signs up")
    use = await sign_up(connection, BOB, "bob@example.com", "friend")
    print(f"  with {use['code']}, which has {use['remaining_uses']} left")

    print("Dave redeems, and the connection is lost before he hears of it")

    async def redeem_and_lose_the_reply(connection):
        use = await redeem(connection, DAVE, "friend")
        if use["ok"]:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        return use

    use = await retrying(redeem_and_lose_the_reply)
    print(f"  asked again: {use['reason']}, and the code has {use['remaining_uses']} left")

    print("Carol signs up")
    try:
        await sign_up(connection, CAROL, "carol@example.com", "friend")
    except asyncpg.PostgresError as e:
        if not e.sqlstate.startswith("RF"):
            raise
        print(f"  {e.sqlstate}: {e.message}")
        print(f"  {e.hint}")
    found = await connection.fetchval("SELECT count(*) FROM accounts WHERE id = $1", CAROL)
    print(f"  accounts made: {found}")

    print("Each webhook comes twice")
    for event in json.loads(WEBHOOKS.read_text()):
        for _ in range(2):
            print(f"  {await take_webhook(connection, event)}")
    for balance in await connection.fetch("SELECT * FROM referral_balance($1)", ALICE):
        print(f"  Alice has {balance['available']} {balance['currency']}")

    print("Another system reads the outbox")

    def tell(event):
        print(f"  {event['type']} {event['payload'].get('amount', '')}".rstrip())

    consumer = await connect()
    woken = asyncio.Event()
    # Before the first look, so that nothing falls between the look and the wait.
    await consumer.add_listener("referral_events", lambda *_: woken.set())
    await handle_events(consumer, tell)
    print("  waits, and Dave's use is undone")
    await connection.execute("SELECT referral_undo_use($1)", use["usage_uuid"])
    # A notification only saves waiting: after ten seconds look all the same.
    try:
        await asyncio.wait_for(woken.wait(), timeout=10)
        print("  is woken")
    except asyncio.TimeoutError:
        pass
    await handle_events(consumer, tell)
    await consumer.close()
    await connection.close()


asyncio.run(main())
