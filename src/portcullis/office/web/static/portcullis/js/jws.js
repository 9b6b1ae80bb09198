// Compact JWS with ES256 (RFC 7515, RFC 7518), as portcullis.keys.sign makes it; key ids are
// thumbprints (RFC 7638).

import { sha256, toBase64url, utf8 } from "./bytes.js";
import { canonicalBytes } from "./canonical.js";

const ES256 = { name: "ECDSA", hash: "SHA-256" };

/** The RFC 7638 thumbprint of a public P-256 JWK. */
export async function thumbprintOf(jwk) {
  const { crv, kty, x, y } = jwk;
  return toBase64url(await sha256(canonicalBytes({ crv, kty, x, y })));
}

/** `statement`'s canonical bytes signed by a key of the key store (`{ sign, thumbprint }`). */
export async function signed(statement, key) {
  const header = JSON.stringify({ alg: "ES256", kid: key.thumbprint });
  const message = `${toBase64url(utf8(header))}.${toBase64url(canonicalBytes(statement))}`;
  // WebCrypto gives r and s side by side, 32 bytes each, which is the form that JWS asks for.
  const signature = await crypto.subtle.sign(ES256, key.sign, utf8(message));
  return `${message}.${toBase64url(signature)}`;
}
