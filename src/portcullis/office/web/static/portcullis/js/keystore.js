// A person's keys in this browser: P-256, private halves that the page can use and nobody can read.
//
// A key is kept in IndexedDB as two non-extractable CryptoKeys of the same scalar, one to sign
// (ECDSA) and one to open what is sealed to it (ECDH). While it is made it exists in the page's
// memory for a moment, as bytes that are then overwritten. No copy is made: whoever loses the
// browser's profile loses the key, enrols another, and has packages sealed anew.
//
// A kept key: { person, thumbprint, jwk (public: crv, kty, x, y), sign, agree, made }.

import { signed, thumbprintOf } from "./jws.js";
import { Problem } from "./telling.js";

const DATABASE = "portcullis-keys";
const STORE = "keys";
const CURVE = "P-256";
const FORMAT = "portcullis-enrolment/1";

/** Make a new key for `person` (a roster id), keep it, and return it. The others stay. */
export async function makeKey(person) {
  checkSecure();
  const made = await crypto.subtle.generateKey(algorithm("ECDSA"), true, ["sign", "verify"]);
  const { crv, kty, x, y } = await crypto.subtle.exportKey("jwk", made.publicKey);
  const jwk = { crv, kty, x, y };
  const secret = new Uint8Array(await crypto.subtle.exportKey("pkcs8", made.privateKey));
  const key = { person, thumbprint: await thumbprintOf(jwk), jwk, made: new Date().toISOString() };
  try {
    key.sign = await crypto.subtle.importKey("pkcs8", secret, algorithm("ECDSA"), false, ["sign"]);
    key.agree = await crypto.subtle.importKey("pkcs8", secret, algorithm("ECDH"), false, [
      "deriveBits",
    ]);
  } finally {
    secret.fill(0);
  }
  await inStore("readwrite", (store) => store.add(key));
  // Ask the browser not to clear it when space is short; if it says no, the key is kept as it was.
  await navigator.storage.persist();
  return key;
}

/** The key of `person` with that thumbprint (the one that the roster has); null if not held here. */
export async function heldKey(person, thumbprint) {
  checkSecure();
  if (!person || !thumbprint) {
    return null;
  }
  return (await inStore("readonly", (store) => store.get([person, thumbprint]))) ?? null;
}

/**
 * The request to enrol `key`, as text: the statement signed by the new key, which proves that this
 * browser has it, and by what was enrolled before: `byOld` gives that token of the statement, ""
 * where nothing of it is at hand. Read in Python by portcullis.agreements.enrolment.
 */
export async function enrolmentRequest(key, byOld) {
  const at = new Date().toISOString().replace(/\.\d+Z$/, "+00:00");
  const statement = { format: FORMAT, person: key.person, at, jwk: key.jwk };
  return JSON.stringify({
    format: FORMAT,
    new: await signed(statement, key),
    old: await byOld(statement),
  });
}

function algorithm(name) {
  return { name, namedCurve: CURVE };
}

function checkSecure() {
  if (!isSecureContext || !crypto.subtle || !indexedDB) {
    throw new Problem(
      "This browser gives no keys to this page.",
      "Open the page at its https address, in a window that is not private.",
    );
  }
}

async function inStore(mode, act) {
  const database = await opened();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(notKept());
    });
  } finally {
    database.close();
  }
}

function opened() {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () =>
      asked.result.createObjectStore(STORE, { keyPath: ["person", "thumbprint"] });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(notKept());
  });
}

function notKept() {
  return new Problem(
    "This browser does not let the page keep keys.",
    "Allow site data for this address, or use another browser.",
  );
}
