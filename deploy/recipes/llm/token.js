// The agent's token for Postern's vault: got anew half a minute before the last one ends.
const { ISSUER, CLIENT_ID, CLIENT_SECRET } = process.env;

let present;

export async function token() {
  if (!present || Date.now() > present.endsAt - 30_000) {
    const basic = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64');
    const response = await fetch(`${ISSUER}/oauth2/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${basic}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', audience: 'urn:postern:vault' }),
    });
    if (!response.ok) {
      throw new Error(`no token: ${response.status} ${await response.text()}`);
    }
    const { access_token, expires_in } = await response.json();
    present = { value: access_token, endsAt: Date.now() + expires_in * 1000 };
  }
  return present.value;
}
