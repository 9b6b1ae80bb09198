// Bytes: text to UTF-8, base64url without padding (RFC 7515), SHA-256.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const BASE64URL = /^[A-Za-z0-9_-]*$/;

/** The UTF-8 bytes of a text. */
export function utf8(text) {
  return encoder.encode(text);
}

/** The text that UTF-8 bytes hold. Throws TypeError where they hold none. */
export function text(bytes) {
  return decoder.decode(bytes);
}

/** The base64url form of an ArrayBuffer or a typed array. */
export function toBase64url(bytes) {
  const binary = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes that a base64url text stands for. Throws TypeError at any other way to write them. */
export function fromBase64url(written) {
  if (typeof written !== "string" || !BASE64URL.test(written) || written.length % 4 === 1) {
    throw new TypeError("not base64url");
  }
  const binary = atob(written.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  if (toBase64url(bytes) !== written) {
    throw new TypeError("not base64url as it is written once");
  }
  return bytes;
}

/** Several byte arrays as one. */
export function joined(...parts) {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The SHA-256 digest (32 bytes). */
export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** Bytes in hexadecimal. */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
