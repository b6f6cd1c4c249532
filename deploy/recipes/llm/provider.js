// Stands in for the providers: takes the key that Postern keeps, and nothing of the agent's.
import { createServer } from 'node:http';

const KEY = 'sk-kept-by-postern';
const TEXT = ['Hello, ', 'agent.'];

function isOurs(headers) {
  const keys = [headers.authorization?.replace('Bearer ', ''), headers['x-api-key']].filter(Boolean);
  return keys.length === 1 && keys[0] === KEY;
}

function events(response, list) {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  for (const [name, data] of list) {
    response.write(`${name ? `event: ${name}\n` : ''}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`);
  }
  response.end();
}

function chat(response, stream) {
  const base = { id: 'c1', object: 'chat.completion', created: 0, model: 'any' };
  if (stream) {
    const chunks = TEXT.map((content) => [
      null,
      { ...base, object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content }, finish_reason: null }] },
    ]);
    events(response, [...chunks, [null, '[DONE]']]);
    return;
  }
  const message = { role: 'assistant', content: TEXT.join('') };
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(
    JSON.stringify({
      ...base,
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      usage: { prompt_tokens: 2, completion_tokens: 3, total_tokens: 5 },
    }),
  );
}

function messages(response, stream) {
  const message = { id: 'm1', type: 'message', role: 'assistant', model: 'any', stop_reason: null, stop_sequence: null };
  const usage = { input_tokens: 2, output_tokens: 3 };
  if (stream) {
    events(response, [
      ['message_start', { type: 'message_start', message: { ...message, content: [], usage } }],
      ['content_block_start', { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } }],
      ...TEXT.map((text) => [
        'content_block_delta',
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
      ]),
      ['content_block_stop', { type: 'content_block_stop', index: 0 }],
      ['message_delta', { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }],
      ['message_stop', { type: 'message_stop' }],
    ]);
    return;
  }
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ ...message, content: [{ type: 'text', text: TEXT.join('') }], usage }));
}

createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) {
    body += chunk;
  }
  if (!isOurs(request.headers)) {
    response.writeHead(401).end();
  } else if (request.url === '/v1/chat/completions') {
    chat(response, JSON.parse(body).stream);
  } else if (request.url === '/v1/messages') {
    messages(response, JSON.parse(body).stream);
  } else {
    response.writeHead(404).end();
  }
}).listen(process.env.PORT, '127.0.0.1');
