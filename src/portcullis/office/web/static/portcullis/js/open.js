// The script of the page on which an officer opens one package. What is disclosed exists in this
// page's memory only: it is shown as text, stored nowhere, printed nowhere, and cleared after two
// minutes, or on leaving the page.
//
// What the page gives (all three addresses take POST, with all fields of the form):
//
//   <form method="post" data-open data-person="ROSTER-ID" data-thumbprint="..."  of Person.jwk
//         data-statement-url="..."   -> {"statement": {...}}: the opening request to be signed
//         data-package-url="..."     takes `request` too, the signed statement
//                                    -> {"package": "...", "half": "..."}: the package's text and
//                                    the half from the holder's token; the opening is logged
//         data-failed-url="..."      takes `nonce` too, the statement's: what was handed out could
//                                    not be shown, which is logged
//     ... the fields (Django's csrf token; `purpose`) and a submit button
//   </form>
//   <section data-shown hidden tabindex="-1" hx-history="false">   htmx keeps no copy of the page
//     <p>FEDERAL TAX INFORMATION ...</p>           the label, beside the content
//     <dl data-content></dl>
//     <p>Cleared in <span data-left role="timer"></span>.</p>
//     <button type="button" data-clear>Clear it now</button>
//   </section>
//   <p data-cleared role="status" tabindex="-1"></p>   told: soon to be cleared; cleared
//   <link rel="stylesheet" href=".../css/opening.css">
//   <script type="module" src=".../js/open.js"></script>
//
// An address that refuses answers with a 4xx status and {"title": ..., "detail": ...}: what
// happened and what to do about it, as problem details (RFC 9457) have them.

import { sha256, toHex, utf8 } from "./bytes.js";
import { signed } from "./jws.js";
import { heldKey } from "./keystore.js";
import { Problem, element, tell, untell } from "./telling.js";
import { unsealed } from "./unseal.js";

const SHOWN_FOR = 120_000; // milliseconds
const WARNED = 20; // seconds before it is cleared
const FORMAT = "portcullis-opening/1";
const WORDS = {
  request_id: "Request",
  last_known_address: "Last known address",
  line1: "Line 1",
  line2: "Line 2",
  city: "City",
  state: "State",
  zip: "ZIP code",
  taxable_period: "Taxable period",
};

let clearAt = 0;
let ticking = 0;

async function openPackage(form) {
  const { person, thumbprint, statementUrl, packageUrl } = form.dataset;
  const key = await heldKey(person, thumbprint);
  if (key === null) {
    throw new Problem(
      "This browser does not hold the key that is enrolled for you.",
      "Use the browser in which it was made; or enrol a new key, and the holder seals anew.",
    );
  }
  const { statement } = await posted(form, statementUrl);
  checkStatement(statement, form);
  const request = await signed(statement, key);
  const { package: data, half } = await posted(form, packageUrl, { request });
  try {
    await checkDigest(data, statement.package_digest);
    show(await unsealed(data, half, key));
  } catch (error) {
    await report(form, statement.nonce, error);
    throw error;
  }
}

/** Have it logged that what was handed out was not shown; until then it counts as opened. */
async function report(form, nonce, error) {
  try {
    await posted(form, form.dataset.failedUrl, { nonce });
  } catch {
    error.remedy += " Tell the custodian: it could not be logged that nothing was shown.";
  }
}

/** What is signed is an opening, by this person, for the purpose chosen on the page. */
function checkStatement(statement, form) {
  const chosen = new FormData(form).get("purpose");
  if (
    statement.format !== FORMAT ||
    statement.officer !== form.dataset.person ||
    statement.purpose !== chosen
  ) {
    throw new Problem(
      "What was to be signed is not the opening that you chose. Nothing was signed.",
      "Load the page again; if it happens again, report it.",
    );
  }
}

async function checkDigest(data, digest) {
  if (toHex(await sha256(utf8(data))) !== digest) {
    throw new Problem(
      "What came is not the package that was asked for.",
      "Ask again; if it happens again, report it.",
    );
  }
}

async function posted(form, address, more = {}) {
  const fields = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(more)) {
    fields.set(name, value);
  }
  let answer;
  try {
    answer = await fetch(address, {
      method: "POST",
      body: fields,
      cache: "no-store",
      redirect: "manual",
    });
  } catch {
    throw new Problem("The office does not answer.", "Try again in a moment.");
  }
  if (answer.type === "opaqueredirect") {
    throw new Problem(
      "Your session ended, or the warning is to be read again.",
      "Load the page again; nothing was shown.",
    );
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Problem(said.title ?? "The office refused.", said.detail ?? "Try again later.");
  }
  return said;
}

function show({ format: _, ...content }) {
  const place = document.querySelector("[data-shown]");
  place.querySelector("[data-content]").replaceChildren(...lines(content));
  place.hidden = false;
  place.focus();
  clearAt = Date.now() + SHOWN_FOR;
  tick();
}

function* lines(content, heading = "") {
  for (const [name, value] of Object.entries(content).sort(inOrder)) {
    const words = WORDS[name] ?? name.replaceAll("_", " ");
    if (value !== null && typeof value === "object") {
      yield* lines(value, `${words}: `);
    } else if (value !== "") {
      yield element("dt", "", heading + words);
      yield element("dd", "", String(value));
    }
  }
}

/** In the order of WORDS, as an address is read; what has no words there comes last. */
function inOrder([one], [other]) {
  const order = Object.keys(WORDS);
  const place = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  return place(one) - place(other);
}

/** Clear what is shown. Whoever was there, by keyboard or screen reader, is told, and not lost. */
function clear() {
  const shown = clearAt !== 0;
  clearAt = 0;
  if (shown) {
    announce("It is cleared. To see it again, ask for a new token.");
    document.querySelector("[data-cleared]")?.focus();
  }
  for (const place of document.querySelectorAll("[data-shown]")) {
    place.querySelector("[data-content]").replaceChildren();
    place.hidden = true;
  }
}

function announce(words) {
  const place = document.querySelector("[data-cleared]");
  if (place !== null && place.textContent !== words) {
    place.textContent = words;
  }
}

/** Clear by the clock, not by a count of ticks: a machine that slept shows nothing when it wakes. */
function tick() {
  if (clearAt === 0) {
    return;
  }
  const left = Math.ceil((clearAt - Date.now()) / 1000);
  if (left <= 0) {
    clear();
    return;
  }
  document.querySelector("[data-shown] [data-left]").textContent = `${left} seconds`;
  announce(left <= WARNED ? `It is cleared in ${WARNED} seconds.` : "");
  clearTimeout(ticking);
  ticking = setTimeout(tick, 1000);
}

for (const form of document.querySelectorAll("form[data-open]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") {
      return;
    }
    form.ariaBusy = "true";
    untell(form);
    clear();
    try {
      await openPackage(form);
    } catch (error) {
      tell(form, error);
    } finally {
      form.ariaBusy = "false";
    }
  });
}

document.querySelector("[data-clear]")?.addEventListener("click", clear);
addEventListener("pagehide", clear);
addEventListener("visibilitychange", tick);
