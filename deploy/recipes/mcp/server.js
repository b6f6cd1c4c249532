// An MCP server that takes the agents' tokens and says in its metadata (RFC 9728) who issues them.
import { createMcpExpressApp, mcpAuthMetadataRouter, requireBearerAuth } from '@modelcontextprotocol/express'
import { toNodeHandler } from '@modelcontextprotocol/node'
import {
  createMcpHandler, getOAuthProtectedResourceMetadataUrl, McpServer, OAuthError, OAuthErrorCode,
} from '@modelcontextprotocol/server'
import { createRemoteJWKSet, errors, jwtVerify } from 'jose'

const { ISSUER, AUDIENCE, PORT } = process.env
// The service's audience at Postern is this server's URL: clients name it as the resource (RFC 8707).
const resource = new URL(AUDIENCE)

const metadataUrl = new URL(ISSUER)
metadataUrl.pathname = '/.well-known/oauth-authorization-server' + metadataUrl.pathname.replace(/\/$/, '')
const oauthMetadata = await (await fetch(metadataUrl)).json()
const keys = createRemoteJWKSet(new URL(oauthMetadata.jwks_uri))

// What is not wrong with the token: the keys could not be fetched.
const unavailable = ['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']

async function verifyAccessToken(token) {
  try {
    const { payload } = await jwtVerify(token, keys, {
      issuer: ISSUER,
      audience: AUDIENCE,
      typ: 'at+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['exp', 'client_id', 'scope'],
    })
    return {
      token,
      clientId: payload.client_id,
      scopes: payload.scope.split(' '),
      expiresAt: payload.exp,
      resource,
    }
  } catch (e) {
    if (e instanceof errors.JOSEError && !unavailable.includes(e.code)) {
      throw new OAuthError(OAuthErrorCode.InvalidToken, e.message)
    }
    throw e
  }
}

function mcpServer() {
  const server = new McpServer({ name: 'orders', version: '1.0.0' })
  server.registerTool('list-orders', { description: 'The orders of the calling agent' }, context => ({
    content: [{ type: 'text', text: `orders for ${context.http.authInfo.clientId}` }],
  }))
  return server
}

const handler = toNodeHandler(createMcpHandler(mcpServer))
const app = createMcpExpressApp()
app.use(mcpAuthMetadataRouter({ oauthMetadata, resourceServerUrl: resource, scopesSupported: ['orders:read'] }))
app.all(
  resource.pathname,
  requireBearerAuth({
    verifier: { verifyAccessToken },
    requiredScopes: ['orders:read'],
    resourceMetadataUrl: getOAuthProtectedResourceMetadataUrl(resource),
    expectedResource: resource,
  }),
  (request, response) => handler(request, response, request.body),
)
app.listen(PORT, '127.0.0.1')
