// oidc-provider at its best: one process a core, one signing key for all, and nothing stored, as
// JWT access tokens never are.
import cluster from 'node:cluster';
import { generateKeyPairSync } from 'node:crypto';
import { availableParallelism } from 'node:os';
import Provider from 'oidc-provider';

const {
  PEER_PORT, PEER_CLIENT_ID, PEER_CLIENT_SECRET, PEER_AUDIENCE, PEER_SCOPE,
} = process.env;

if (cluster.isPrimary) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'es256', alg: 'ES256', use: 'sig' };
  for (let i = 0; i < availableParallelism(); i += 1) {
    cluster.fork({ PEER_KEY: JSON.stringify(key) });
  }
  cluster.on('exit', (worker, code) => {
    console.error(`worker ${worker.process.pid} ended with ${code}`);
    process.exit(1);
  });
} else {
  serve(JSON.parse(process.env.PEER_KEY));
}

function serve(key) {
  const resourceServer = {
    audience: PEER_AUDIENCE,
    scope: PEER_SCOPE,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'ES256' } },
  };
  const provider = new Provider(`http://127.0.0.1:${PEER_PORT}`, {
    jwks: { keys: [key] },
    clients: [
      {
        client_id: PEER_CLIENT_ID,
        client_secret: PEER_CLIENT_SECRET,
        token_endpoint_auth_method: 'client_secret_basic',
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        id_token_signed_response_alg: 'ES256',
        scope: PEER_SCOPE,
      },
    ],
    scopes: [PEER_SCOPE],
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: () => resourceServer,
      },
    },
  });
  provider.listen(Number(PEER_PORT), '127.0.0.1');
}
