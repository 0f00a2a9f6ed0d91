// Referral codes from pg. The server is the one that PGHOST, PGDATABASE and so on name.

import { readFile } from "node:fs/promises";
import pg from "pg";

const ALICE = "00000000-0000-0000-0000-000000000a11";
const BOB = "00000000-0000-0000-0000-000000000b0b";
const CAROL = "00000000-0000-0000-0000-000000000ca2";
const DAVE = "00000000-0000-0000-0000-000000000da7";

const pool = new pg.Pool();
// What happens to connections that nobody uses; those in use tell their users.
pool.on("error", () => {});

async function transaction(work) {
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (err) {
    // A connection that cannot even roll back is thrown away.
    await client.query("ROLLBACK").then(() => client.release(), (lost) => client.release(lost));
    throw err;
  }
}

/** The account and the redemption, both or neither. */
function signUp(account, email, code) {
  return transaction(async (client) => {
    await client.query("INSERT INTO accounts (id, email) VALUES ($1, $2)", [account, email]);
    const { rows } = await client.query("SELECT * FROM referral_use_code($1, $2)", [code, account]);
    return rows[0];
  });
}

/**
 * Work that may be done twice: again where the connection was lost, or another transaction was in the way. Whoever lost
 * the reply of a commit cannot know whether it was one.
 */
async function retrying(work) {
  for (let attemptsLeft = 2; ; attemptsLeft--) {
    try {
      return await work();
    } catch (err) {
      // What is no answer of the server's, or ends the connection (FATAL), leaves open whether the work was done.
      const lost = err.severity === undefined || err.severity === "FATAL";
      if (!(lost || ["40001", "40P01"].includes(err.code)) || attemptsLeft === 0) throw err;
    }
  }
}

/** The account's use of the code: a new one, or the one that an earlier attempt has made. */
async function redeem(account, code) {
  const { rows } = await pool.query("SELECT * FROM referral_try_use_code($1, $2)", [code, account]);
  const [use] = rows;
  return use.ok || use.reason === "already_used" ? use : null;
}

/** May come twice: the payment's and the refund's own names make a repeat a repeat. Amounts stay strings. */
async function takeWebhook({ type, payment, refund, account, amount, currency }) {
  let told, answer;
  if (type === "payment") {
    const purchase = "SELECT * FROM referral_record_purchase($1, $2, $3, currency => $4, source_type => 'payment')";
    answer = (await pool.query(purchase, [account, payment, amount, currency])).rows[0];
    told = `${payment} of ${amount}: ${answer.reason}, ${answer.referrer_reward} for Alice`;
  } else {
    const takeBack = "SELECT * FROM referral_record_refund($1, $2, $3, source_type => 'payment')";
    answer = (await pool.query(takeBack, [payment, refund, amount])).rows[0];
    told = `${refund} of ${amount}: ${answer.referrer_taken} taken back`;
  }
  return told + (answer.repeated ? ", a repeat" : "");
}

/** Hands over all that waits. An event comes again if it was not acknowledged: handle it at least once. */
async function handleEvents(client, handle) {
  for (;;) {
    const { rows } = await client.query("SELECT * FROM referral_poll_events('mailer')");
    if (rows.length === 0) return;
    rows.forEach(handle);
    await client.query("SELECT referral_ack_events('mailer', $1)", [rows.map((event) => event.id)]);
  }
}

console.log("Bob signs up");
const bobs = await signUp(BOB, "bob@example.com", "friend");
console.log(`  with ${bobs.code}, which has ${bobs.remaining_uses} left`);

console.log("Dave redeems, and the connection is lost before he hears of it");
const daves = await retrying(async () => {
  const use = await redeem(DAVE, "friend");
  if (use.ok) await pool.query("SELECT pg_terminate_backend(pg_backend_pid())");
  return use;
});
console.log(`  asked again: ${daves.reason}, and the code has ${daves.remaining_uses} left`);

console.log("Carol signs up");
try {
  await signUp(CAROL, "carol@example.com", "friend");
} catch (err) {
  if (!err.code?.startsWith("RF")) throw err;
  console.log(`  ${err.code}: ${err.message}`);
  console.log(`  ${err.hint}`);
}
const carols = await pool.query("SELECT FROM accounts WHERE id = $1", [CAROL]);
console.log(`  accounts made: ${carols.rowCount}`);

console.log("Each webhook comes twice");
for (const event of JSON.parse(await readFile(new URL("../webhooks.json", import.meta.url)))) {
  console.log(`  ${await takeWebhook(event)}`);
  console.log(`  ${await takeWebhook(event)}`);
}
for (const balance of (await pool.query("SELECT * FROM referral_balance($1)", [ALICE])).rows) {
  console.log(`  Alice has ${balance.available} ${balance.currency}`);
}

console.log("Another system reads the outbox");
const tell = ({ type, payload }) => console.log(`  ${type} ${payload.amount ?? ""}`.trimEnd());
// A connection of its own: one that goes back to the pool listens no more.
const consumer = new pg.Client();
await consumer.connect();
// Before the first look, so that nothing falls between the look and the wait.
await consumer.query("LISTEN referral_events");
await handleEvents(consumer, tell);
const woken = new Promise((resolve) => consumer.once("notification", () => resolve("is woken")));
console.log("  waits, and Dave's use is undone");
await pool.query("SELECT referral_undo_use($1)", [daves.usage_uuid]);
// A notification only saves waiting: after ten seconds look all the same.
const late = new Promise((resolve) => setTimeout(resolve, 10_000, "looks by the clock").unref());
console.log(`  ${await Promise.race([woken, late])}`);
await handleEvents(consumer, tell);

await consumer.end();
await pool.end();
