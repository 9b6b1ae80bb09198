// Canonical JSON, byte for byte as portcullis.canonical.json_bytes writes it: keys in the order of
// their code points, no white space, UTF-8. Strings, integers, booleans, null, lists and objects.

import { utf8 } from "./bytes.js";

/** The canonical bytes of `value` (as JSON.parse gives it). Throws TypeError where it has none. */
export function canonicalBytes(value) {
  return utf8(written(value));
}

function written(value) {
  if (value === null || typeof value === "boolean") {
    return String(value);
  }
  if (typeof value === "string") {
    return quoted(value);
  }
  if (typeof value === "number") {
    return whole(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map(written).join(",")}]`;
  }
  if (Object.getPrototypeOf(value) === Object.prototype) {
    const members = Object.keys(value)
      .sort(byCodePoint)
      .map((name) => `${quoted(name)}:${written(value[name])}`);
    return `{${members.join(",")}}`;
  }
  throw new TypeError("only what JSON can hold has a canonical form");
}

function whole(number) {
  if (!Number.isSafeInteger(number)) {
    // A longer integer was rounded when it was read; a fraction has no single written form.
    throw new TypeError("only integers up to 2^53 have a canonical form here");
  }
  return String(number === 0 ? 0 : number);
}

function quoted(string) {
  if (!string.isWellFormed()) {
    throw new TypeError("half a character has no canonical form");
  }
  return JSON.stringify(string);
}

/** Order of code points. JavaScript's own order is of UTF-16 units, and differs above U+FFFF. */
function byCodePoint(one, other) {
  const ones = Array.from(one);
  const others = Array.from(other);
  for (let at = 0; at < Math.min(ones.length, others.length); at += 1) {
    const difference = ones[at].codePointAt(0) - others[at].codePointAt(0);
    if (difference !== 0) {
      return difference;
    }
  }
  return ones.length - others.length;
}
