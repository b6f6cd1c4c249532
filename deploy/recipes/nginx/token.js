// Says to auth_request whether the request has a token for this service, and of which agent.
// RS256: njs 0.7 of Debian 12 can neither import a JWK nor check a JOSE signature of ES256.
import fs from 'fs';
import hashes from 'crypto';

const REQUIRED_SCOPE = 'orders:read';

function part(text) {
  return JSON.parse(Buffer.from(text, 'base64url').toString());
}

// A new key's file is there minutes before the key signs, so a kid without a file is nobody's.
async function publicKey(kid) {
  const pem = fs.readFileSync(`${process.env.KEYS}/${kid}.pem`).toString();
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64');
  return crypto.subtle.importKey('spki', der, {name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256'}, false, ['verify']);
}

// Whether it was ended before its time: ../keys/fetch-lines says by what second nothing counts.
function hasEnded(kid, claims) {
  const published = JSON.parse(fs.readFileSync(`${process.env.KEYS}/lines.json`));
  const salt = Buffer.from(published.salt, 'base64');
  const hash = id => hashes.createHmac('sha256', salt).update(id).digest().slice(0, 16).toString('base64url');
  const client = hash(claims.client_id);
  const audience = hash(claims.aud);
  const of = {client: client, resource: audience, grant: `${client}.${audience}`, token: claims.jti, key: kid};
  return Object.keys(of).some(kind => claims.iat <= published.lines[kind][of[kind]]);
}

// The claims of a valid token; anything else is an exception.
async function verify(authorization) {
  const token = /^Bearer (([\w-]+)\.([\w-]+))\.([\w-]+)$/i.exec(authorization || '');
  if (!token) {
    throw new Error('no bearer token');
  }
  const header = part(token[2]);
  if (header.alg !== 'RS256' || header.typ !== 'at+jwt' || !/^[\w-]+$/.test(header.kid)) {
    throw new Error('not a token of this issuer');
  }
  const key = await publicKey(header.kid);
  const signature = Buffer.from(token[4], 'base64url');
  if (!await crypto.subtle.verify('RSASSA-PKCS1-v1_5', key, signature, Buffer.from(token[1]))) {
    throw new Error('bad signature');
  }
  const claims = part(token[3]);
  if (claims.iss !== process.env.ISSUER || claims.aud !== process.env.AUDIENCE) {
    throw new Error('another issuer or audience');
  }
  if (!(claims.exp > Date.now() / 1000)) {
    throw new Error('expired');
  }
  if (hasEnded(header.kid, claims)) {
    throw new Error('ended');
  }
  return claims;
}

async function check(r) {
  let claims;
  try {
    claims = await verify(r.headersIn.Authorization);
  } catch (e) {
    r.warn(`refused: ${e.message}`);
    r.headersOut['WWW-Authenticate'] = 'Bearer';
    r.return(401);
    return;
  }
  if (claims.scope.split(' ').indexOf(REQUIRED_SCOPE) < 0) {
    r.return(403);
    return;
  }
  r.headersOut['X-Client-Id'] = claims.client_id;
  r.return(204);
}

export default {check};
