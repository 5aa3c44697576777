// JSON Web Tokens made by hand (RFC 7515, RFC 7519), good ones and bad ones, with nothing of the server's.
import { createHmac } from 'node:crypto';

const encode = value => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Seconds since 1970, `offset` seconds from now. */
export const inSeconds = offset => Math.floor(Date.now() / 1000) + offset;

/** A token signed with HS256; `claims` are added to `sub` and an `exp` in an hour, undefined takes one away. */
export function mint(secret, sub, claims = {}) {
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub, exp: inSeconds(3600), ...claims })}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}

/** A token of the algorithm `none`. */
export function unsigned(sub) {
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode({ sub, exp: inSeconds(3600) })}.`;
}
