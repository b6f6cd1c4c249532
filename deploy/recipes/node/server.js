// A service that checks the agents' tokens by the issuer's published keys.
import { createServer } from 'node:http'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

const { ISSUER, AUDIENCE, PORT } = process.env

// Fetched when first needed, kept for ten minutes, and fetched again for a key that is not in it.
const keys = createRemoteJWKSet(new URL(`${ISSUER}/oauth2/jwks`))

// What is not wrong with the token: the keys could not be fetched.
const unavailable = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']

async function verify(authorization) {
  const [, token] = /^Bearer ([\w.-]+)$/i.exec(authorization ?? '') ?? []
  if (token === undefined) throw new errors.JWTInvalid('no bearer token')
  const { payload } = await jwtVerify(token, keys, {
    issuer: ISSUER,
    audience: AUDIENCE,
    typ: 'at+jwt',
    algorithms: ['ES256'],
    requiredClaims: ['exp', 'client_id', 'scope'],
  })
  return payload
}

createServer(async (request, response) => {
  try {
    const claims = await verify(request.headers.authorization)
    if (!claims.scope.split(' ').includes('orders:read')) {
      response.writeHead(403, { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="orders:read"' }).end()
    } else {
      response.end(`orders for ${claims.client_id}\n`)
    }
  } catch (e) {
    const refused = e instanceof errors.JOSEError && !unavailable.includes(e.code)
    if (!refused) console.error(e.message)
    response.writeHead(refused ? 401 : 503, refused ? { 'WWW-Authenticate': 'Bearer' } : {}).end()
  }
}).listen(PORT, '127.0.0.1')
