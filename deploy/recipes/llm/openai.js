// OpenAI's SDK through the relay: its base URL is the relay's, its key is the agent's token.
import OpenAI from 'openai';
import { token } from './token.js';

const openai = new OpenAI({
  baseURL: `${process.env.ISSUER}/relay/${process.env.OPENAI}`,
  apiKey: token, // asked for each request, so a token that ends is no matter
});
const request = { model: 'any', messages: [{ role: 'user', content: 'Hello?' }] };

const answer = await openai.chat.completions.create(request);
let streamed = '';
for await (const chunk of await openai.chat.completions.create({ ...request, stream: true })) {
  streamed += chunk.choices[0]?.delta?.content ?? '';
}
console.log(`said: ${answer.choices[0].message.content} streamed: ${streamed}`);
