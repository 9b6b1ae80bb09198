// The script of an errand to the holder's office: this browser signs each HTTP request of it (RFC
// 9421) with the person's own key; the office carries the request that was signed, and no other.
//
//   <form method="post" action="..." data-relay data-person="ROSTER-ID" data-thumbprint="..."
//         data-holder="https://..."   the holder's office: nothing else is signed for
//         data-requests="POST /uploads?|POST /transmittals"   how its requests may begin
//         data-digest="..."           SHA-256 (hex) of the file that may be sent ("" for none)
//     ... Django's csrf token, and a submit button
//     <p data-said role="status"></p>
//   </form>

import { toHex, utf8 } from "./bytes.js";
import { heldKey } from "./keystore.js";
import { Problem, tell, untell } from "./telling.js";

const API = "/api/v1";
const ES256 = { name: "ECDSA", hash: "SHA-256" };
const BASE = new RegExp(
  '^"@method": (GET|POST)\\n"@target-uri": (\\S+)\\n' +
    '(?:"content-digest": sha-256=:([A-Za-z0-9+/]+=*):\\n"idempotency-key": \\S+\\n)?' +
    '"@signature-params": \\([a-z@" -]+\\);created=\\d+;keyid="([A-Za-z0-9_-]+)";' +
    'alg="ecdsa-p256-sha256";tag="portcullis"$',
);

async function run(form) {
  const { person, thumbprint } = form.dataset;
  const key = await heldKey(person, thumbprint);
  if (key === null) {
    throw new Problem(
      "This browser does not hold the key that the roster has of you.",
      "Use the browser in which it was made, or carry the files.",
    );
  }
  let said = await posted(form, {});
  for (let number = 1; said.base; number += 1) {
    check(said.base, form.dataset);
    const signed = await crypto.subtle.sign(ES256, key.sign, utf8(said.base));
    form.querySelector("[data-said]").textContent = `Request ${number} is signed and sent.`;
    said = await posted(form, { ticket: said.ticket, signature: base64(signed) });
  }
  location.assign(said.go);
}

/** What is signed is a request of this errand, to the holder's office, under this person's key. */
function check(base, { holder, requests, digest, thumbprint }) {
  const [whole, method, url, body, keyid] = BASE.exec(base) ?? [];
  const begins = requests.split("|").map((each) => each.split(" "));
  const fits = begins.some(([verb, path]) => verb === method && url.startsWith(holder + API + path));
  const file = digest && url?.startsWith(`${holder}${API}/uploads?`) ? hex(body) === digest : true;
  if (whole === undefined || keyid !== thumbprint || !fits || !file) {
    throw new Problem(
      "What was to be signed is no request of this errand. It was not signed.",
      "Load the page again; if it happens again, report it.",
    );
  }
}

async function posted(form, more) {
  const fields = new URLSearchParams(new FormData(form));
  for (const [name, value] of Object.entries(more)) {
    fields.set(name, value);
  }
  let answer;
  try {
    answer = await fetch(form.action, {
      method: "POST",
      body: fields,
      cache: "no-store",
      redirect: "manual",
    });
  } catch {
    throw new Problem("The office does not answer.", "Try again in a moment.");
  }
  if (answer.type === "opaqueredirect") {
    throw new Problem("Your session ended.", "Load the page again, and sign in.");
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    throw new Problem(said.title ?? "The office refused.", said.detail ?? "Try again later.");
  }
  return said;
}

function base64(bytes) {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

function hex(written) {
  return toHex(Uint8Array.from(atob(written), (letter) => letter.charCodeAt(0)));
}

for (const form of document.querySelectorAll("form[data-relay]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.ariaBusy === "true") {
      return;
    }
    form.ariaBusy = "true";
    untell(form);
    try {
      await run(form);
    } catch (error) {
      tell(form, error);
    } finally {
      form.ariaBusy = "false";
    }
  });
}
