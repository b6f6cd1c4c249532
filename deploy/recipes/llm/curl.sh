# The same with curl: a token, and a call with it.
TOKEN=$(curl -s -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials \
  -d audience=urn:postern:vault "$ISSUER/oauth2/token" | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
curl -sS --fail-with-body "$ISSUER/relay/$OPENAI/chat/completions" \
  -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' \
  -d '{"model": "any", "messages": [{"role": "user", "content": "Hello?"}]}'
