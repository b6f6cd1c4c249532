// Anthropic's SDK through the relay: its base URL is the relay's, and x-api-key has the agent's token.
import Anthropic from '@anthropic-ai/sdk';
import { token } from './token.js';

const anthropic = new Anthropic({
  baseURL: `${process.env.ISSUER}/relay/${process.env.ANTHROPIC}`,
  apiKey: 'put in below',
  authToken: null,
  fetch: async (url, init) => {
    const headers = new Headers(init.headers);
    headers.delete('authorization');
    headers.set('x-api-key', await token());
    return fetch(url, { ...init, headers });
  },
});
const request = {
  model: 'any',
  max_tokens: 100,
  messages: [{ role: 'user', content: 'Hello?' }],
};

const answer = await anthropic.messages.create(request);
let streamed = '';
for await (const event of await anthropic.messages.create({ ...request, stream: true })) {
  streamed += event.delta?.text ?? '';
}
console.log(`said: ${answer.content[0].text} streamed: ${streamed}`);
