// A passkey's assertion over a statement (Web Authentication): its challenge is the SHA-256 of the
// statement's canonical bytes, so that the authenticator's signature is one of the statement.
//
// The token, which portcullis.passkeys verifies, joins with dots the word "passkey" and, each in
// base64url: the statement's canonical bytes, credential id, authenticatorData, clientDataJSON and
// signature.

import { fromBase64url, sha256, toBase64url } from "./bytes.js";
import { canonicalBytes } from "./canonical.js";
import { Problem } from "./telling.js";

const PATIENCE = 120_000; // milliseconds that the browser waits for the person

/**
 * The token of `statement`, signed by one of the passkeys `credentials` (base64url ids). The person
 * is asked to prove that it is they, by PIN, fingerprint or face.
 */
export async function assertedBy(statement, credentials) {
  if (!navigator.credentials || !globalThis.PublicKeyCredential) {
    throw new Problem(
      "This browser has no passkeys.",
      "Use a browser that has, at the https address of this page.",
    );
  }
  if (credentials.length === 0) {
    throw new Problem(
      "This act is signed with a passkey, and none is enrolled for you.",
      "Have a passkey of yours enrolled on the roster first.",
    );
  }
  const payload = canonicalBytes(statement);
  const asked = {
    challenge: await sha256(payload),
    allowCredentials: credentials.map((id) => ({ type: "public-key", id: fromBase64url(id) })),
    userVerification: "required",
    timeout: PATIENCE,
  };
  const { rawId, response } = await answered(asked);
  const { authenticatorData, clientDataJSON, signature } = response;
  const parts = [payload, rawId, authenticatorData, clientDataJSON, signature];
  return ["passkey", ...parts.map(toBase64url)].join(".");
}

async function answered(publicKey) {
  try {
    return await navigator.credentials.get({ publicKey });
  } catch (error) {
    if (error instanceof DOMException && error.name === "SecurityError") {
      throw new Problem(
        "Passkeys do not work at this address.",
        "Open the page at the address at which the passkey was made.",
      );
    }
    // The browser does not say which it was, so that a page cannot learn which passkeys there are.
    throw new Problem(
      "Nothing was signed: the passkey was not used, or it is not on this device.",
      "Try again, with a passkey that is enrolled for you.",
    );
  }
}
