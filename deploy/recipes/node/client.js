// An agent that calls a service: node client.js secret|key
import { createPrivateKey, webcrypto } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import * as oauth from 'openid-client'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, CLIENT_KEY, AUDIENCE, URL: url } = process.env

async function privateKey() {
  const jwk = createPrivateKey(await readFile(CLIENT_KEY)).export({ format: 'jwk' })
  return webcrypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign'])
}

const authentication =
  process.argv[2] === 'key'
    ? oauth.PrivateKeyJwt(await privateKey())
    : oauth.ClientSecretBasic(CLIENT_SECRET)

// Reads /.well-known/oauth-authorization-server (RFC 8414).
const issuer = new URL(ISSUER)
const config = await oauth.discovery(issuer, CLIENT_ID, undefined, authentication, {
  algorithm: 'oauth2',
  // For a gateway on this machine without TLS only.
  execute: issuer.hostname === 'localhost' ? [oauth.allowInsecureRequests] : [],
})

const tokens = await oauth.clientCredentialsGrant(config, { audience: AUDIENCE, scope: 'orders:read' })
const response = await oauth.fetchProtectedResource(config, tokens.access_token, new URL(url), 'GET')
console.log(response.status, await response.text())

// It is of no more use, so that nobody else shall use it: ended here (RFC 7009), it is inactive (RFC 7662).
await oauth.tokenRevocation(config, tokens.access_token)
const { active } = await oauth.tokenIntrospection(config, tokens.access_token)
if (active) throw new Error('the token has not ended')
