// The same with version 1 of the SDK: node client-v1.js secret|key
import { readFile } from 'node:fs/promises'
import { ClientCredentialsProvider, PrivateKeyJwtProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js'
import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'

const { ISSUER, CLIENT_ID, CLIENT_SECRET, CLIENT_KEY, URL: url } = process.env

// The server says where tokens come from, so say which issuer may see these credentials.
const authProvider =
  process.argv[2] === 'key'
    ? new PrivateKeyJwtProvider({
        clientId: CLIENT_ID,
        privateKey: await readFile(CLIENT_KEY, 'utf8'),
        algorithm: 'ES256',
        expectedIssuer: ISSUER,
      })
    : new ClientCredentialsProvider({
        clientId: CLIENT_ID,
        clientSecret: CLIENT_SECRET,
        expectedIssuer: ISSUER,
      })

const client = new Client({ name: 'agent', version: '1.0.0' })
await client.connect(new StreamableHTTPClientTransport(new URL(url), { authProvider }))
const answer = await client.callTool({ name: 'list-orders' })
console.log(answer.content[0].text)
await client.close()
