// The signed statement ("token") by the way that an act asks for: this browser's key or a passkey.

import { signed } from "./jws.js";
import { heldKey } from "./keystore.js";
import { assertedBy } from "./passkey.js";
import { Problem } from "./telling.js";

/**
 * The token of `statement`. `kind`: "passkey" for an act that binds; "any" where this browser's own
 * key signs if it is held here, and a passkey if not. `person`: a roster id. `thumbprint`: of the
 * key that the roster has. `credentials`: base64url ids of passkeys, with spaces between.
 */
export async function tokenFor(statement, { kind, person, thumbprint, credentials = "" }) {
  if (kind !== "any" && kind !== "passkey") {
    throw new Problem("The page does not say how this is signed.", "Load the page again.");
  }
  const key = kind === "any" ? await heldKey(person, thumbprint) : null;
  if (key !== null) {
    return signed(statement, key);
  }
  return assertedBy(statement, credentials.split(" ").filter(Boolean));
}

/**
 * The token of `statement` by something of the person's that the roster has: the key of the
 * `thumbprint` where this browser holds it, else one of the passkeys `credentials`; "" for neither.
 */
export async function bySomethingEnrolled(statement, { person, thumbprint, credentials = "" }) {
  const key = await heldKey(person, thumbprint);
  if (key !== null) {
    return signed(statement, key);
  }
  const ids = credentials.split(" ").filter(Boolean);
  return ids.length === 0 ? "" : assertedBy(statement, ids);
}
