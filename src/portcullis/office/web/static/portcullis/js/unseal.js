// Unsealing a package in the officer's browser: portcullis.release.sealing and .package, read
// backwards. Two layers of JWE (RFC 7516): the outer under the half that the holder gave for this
// opening, the inner to the officer's P-256 key. ECDH-ES+A256KW (RFC 7518, section 4.6) and A256GCM.
//
// Whatever is wrong, one thing is said: keys, halves and damage are not told apart.

import { fromBase64url, joined, sha256, text, toBase64url, utf8 } from "./bytes.js";
import { Problem } from "./telling.js";

const KEY_AGREEMENT = "ECDH-ES+A256KW";
const DIRECT = "dir";
const ENCRYPTION = "A256GCM";
const HALF_BYTES = 32;
const CONTENT_BYTES = 1024;
const LENGTH_BYTES = 4;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const GCM = "AES-GCM";

/**
 * The content of a package. `data`: the package as text. `wrapped`: the holder's half, as a JWE to
 * the officer's key. `key`: of the key store. Rejects with a Problem where it does not open.
 */
export async function unsealed(data, wrapped, key) {
  try {
    const { package_id: id, request_id: requestId, sealed } = JSON.parse(data);
    check([id, requestId, sealed].every((each) => typeof each === "string"));
    const inner = await withHalf(sealed, await byOfficer(wrapped, key, id), id);
    const content = JSON.parse(text(unpadded(await byOfficer(text(inner), key, id))));
    check(content.request_id === requestId);
    return content;
  } catch {
    throw new Problem(
      "The package does not open: a wrong key, a wrong half, or altered bytes.",
      "Use the browser with the key that was enrolled when it was sealed, and ask again. If your " +
        "key was replaced since, the holder seals the package anew.",
    );
  }
}

/** What was encrypted to the officer's key, bound to `about` (a package id). */
async function byOfficer(written, key, about) {
  const jwe = parts(written);
  const { epk, ...header } = jwe.header;
  const party = utf8(about);
  checkSame(header, {
    alg: KEY_AGREEMENT,
    enc: ENCRYPTION,
    kid: key.thumbprint,
    apv: toBase64url(party),
  });
  const wrapping = await agreed(epk, key, party);
  const content = await crypto.subtle.unwrapKey(
    "raw", jwe.key, wrapping, "AES-KW", GCM, false, ["decrypt"],
  );
  return decrypted(jwe, content);
}

/** What was encrypted under the holder's half, bound to `about`. */
async function withHalf(written, half, about) {
  check(half.length === HALF_BYTES);
  const jwe = parts(written);
  checkSame(jwe.header, { alg: DIRECT, enc: ENCRYPTION, kid: about });
  check(jwe.key.length === 0);
  const content = await crypto.subtle.importKey("raw", half, GCM, false, ["decrypt"]);
  half.fill(0);
  return decrypted(jwe, content);
}

/** The key that the content's key is wrapped under: the Concat KDF of SP 800-56C over SHA-256. */
async function agreed({ crv, kty, x, y }, key, party) {
  const theirs = await crypto.subtle.importKey(
    "jwk", { crv, kty, x, y }, { name: "ECDH", namedCurve: "P-256" }, false, [],
  );
  const shared = new Uint8Array(
    await crypto.subtle.deriveBits({ name: "ECDH", public: theirs }, key.agree, 256),
  );
  const derived = await sha256(
    joined(number(1), shared, measured(utf8(KEY_AGREEMENT)), number(0), measured(party), number(256)),
  );
  shared.fill(0);
  const wrapping = await crypto.subtle.importKey("raw", derived, "AES-KW", false, ["unwrapKey"]);
  derived.fill(0);
  return wrapping;
}

function parts(written) {
  const [protectedHeader, key, iv, ciphertext, tag, ...more] = written.split(".");
  check(more.length === 0);
  const jwe = {
    header: JSON.parse(text(fromBase64url(protectedHeader))),
    key: fromBase64url(key),
    iv: fromBase64url(iv),
    sealed: joined(fromBase64url(ciphertext), fromBase64url(tag)),
    about: utf8(protectedHeader),
  };
  check(jwe.iv.length === IV_BYTES && fromBase64url(tag).length === TAG_BYTES);
  return jwe;
}

async function decrypted(jwe, content) {
  const how = { name: GCM, iv: jwe.iv, additionalData: jwe.about, tagLength: 8 * TAG_BYTES };
  return new Uint8Array(await crypto.subtle.decrypt(how, content, jwe.sealed));
}

/** What stands behind its length and before zeros, exactly as it was padded. */
function unpadded(padded) {
  check(padded.length === CONTENT_BYTES);
  const length = new DataView(padded.buffer).getUint32(0);
  const end = LENGTH_BYTES + length;
  check(end <= CONTENT_BYTES && padded.subarray(end).every((byte) => byte === 0));
  return padded.subarray(LENGTH_BYTES, end);
}

function measured(bytes) {
  return joined(number(bytes.length), bytes);
}

function number(value) {
  const bytes = new Uint8Array(LENGTH_BYTES);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

function checkSame(found, wanted) {
  const names = Object.keys(wanted);
  check(Object.keys(found).length === names.length);
  check(names.every((name) => found[name] === wanted[name]));
}

function check(holds) {
  if (holds !== true) {
    throw new TypeError("not as it was sealed");
  }
}
