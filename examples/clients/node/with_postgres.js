// Referral codes from postgres (Postgres.js). The server is the one that PGHOST, PGDATABASE and so on name.

import { readFile } from "node:fs/promises";
import postgres from "postgres";

const ALICE = "00000000-0000-0000-0000-000000000a11";
const BOB = "00000000-0000-0000-0000-000000000b0b";
const CAROL = "00000000-0000-0000-0000-000000000ca2";
const DAVE = "00000000-0000-0000-0000-000000000da7";

const sql = postgres();

/** The account and the redemption, both or neither. */
function signUp(account, email, code) {
  return sql.begin(async (sql) => {
    await sql`INSERT INTO accounts (id, email) VALUES (${account}, ${email})`;
    const [use] = await sql`SELECT * FROM referral_use_code(${code}, ${account})`;
    return use;
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
  const [use] = await sql`SELECT * FROM referral_try_use_code(${code}, ${account})`;
  return use.ok || use.reason === "already_used" ? use : null;
}

/** May come twice: the payment's and the refund's own names make a repeat a repeat. Amounts stay strings. */
async function takeWebhook({ type, payment, refund, account, amount, currency }) {
  let told, answer;
  if (type === "payment") {
    [answer] = await sql`
      SELECT * FROM referral_record_purchase(
        ${account}, ${payment}, ${amount}, currency => ${currency}, source_type => 'payment')`;
    told = `${payment} of ${amount}: ${answer.reason}, ${answer.referrer_reward} for Alice`;
  } else {
    [answer] = await sql`
      SELECT * FROM referral_record_refund(${payment}, ${refund}, ${amount}, source_type => 'payment')`;
    told = `${refund} of ${amount}: ${answer.referrer_taken} taken back`;
  }
  return told + (answer.repeated ? ", a repeat" : "");
}

/** Hands over all that waits. An event comes again if it was not acknowledged: handle it at least once. */
async function handleEvents(handle) {
  for (;;) {
    const events = await sql`SELECT * FROM referral_poll_events('mailer')`;
    if (events.length === 0) return;
    events.forEach(handle);
    await sql`SELECT referral_ack_events('mailer', ${events.map((event) => event.id)})`;
  }
}

console.log("Bob signs up");
const bobs = await signUp(BOB, "bob@example.com", "friend");
console.log(`  with ${bobs.code}, which has ${bobs.remaining_uses} left`);

console.log("Dave redeems, and the connection is lost before he hears of it");
const daves = await retrying(async () => {
  const use = await redeem(DAVE, "friend");
  if (use.ok) await sql`SELECT pg_terminate_backend(pg_backend_pid())`;
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
const carols = await sql`SELECT FROM accounts WHERE id = ${CAROL}`;
console.log(`  accounts made: ${carols.count}`);

console.log("Each webhook comes twice");
for (const event of JSON.parse(await readFile(new URL("../webhooks.json", import.meta.url)))) {
  console.log(`  ${await takeWebhook(event)}`);
  console.log(`  ${await takeWebhook(event)}`);
}
for (const balance of await sql`SELECT * FROM referral_balance(${ALICE})`) {
  console.log(`  Alice has ${balance.available} ${balance.currency}`);
}

console.log("Another system reads the outbox");
const tell = ({ type, payload }) => console.log(`  ${type} ${payload.amount ?? ""}`.trimEnd());
let wake;
const woken = new Promise((resolve) => (wake = () => resolve("is woken")));
// Before the first look, so that nothing falls between the look and the wait.
await sql.listen("referral_events", () => wake());
await handleEvents(tell);
console.log("  waits, and Dave's use is undone");
await sql`SELECT referral_undo_use(${daves.usage_uuid})`;
// A notification only saves waiting: after ten seconds look all the same.
const late = new Promise((resolve) => setTimeout(resolve, 10_000, "looks by the clock").unref());
console.log(`  ${await Promise.race([woken, late])}`);
await handleEvents(tell);

// Without a time limit it waits for ever for the connection that was lost.
await sql.end({ timeout: 0 });
