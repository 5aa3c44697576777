// What to type elsewhere to join the conversation on this page.
import { copyButton, make } from './feed.js';

const sockets = () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}`;

/** Quoted for a POSIX shell. */
const shell = text => `'${text.replaceAll("'", "'\\''")}'`;

const token = (sub, extra = {}) => `TOKEN=$(curl -s ${location.origin}/dev/token \\
  -H 'Content-Type: application/json' \\
  -d ${shell(JSON.stringify({ sub, ...extra }))} | sed 's/.*"token" *: *"\\([^"]*\\)".*/\\1/')`;

const SNIPPETS = [
  {
    title: 'Publish from a server: curl',
    text: topic => `${token('curl', { caps: { api: ['publish'] } })}

curl ${location.origin}/api/publish \\
  -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d ${shell(JSON.stringify({ topic, eventType: 'greeting', data: 'Hello from curl' }))}`,
  },
  {
    title: 'Listen in a terminal: wscat',
    text: (topic, pattern) => `${token('wscat')}

npx wscat -c "${sockets()}/ws?token=$TOKEN" \\
  -x ${shell(JSON.stringify({ type: 'subscribe', topic: pattern }))} -w 3600`,
  },
  {
    title: 'In a browser or Node.js: JavaScript',
    text: (topic, pattern) => `const { token } = await (await fetch('${location.origin}/dev/token', {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ sub: 'script' }),
})).json();

const socket = new WebSocket('${sockets()}/ws');
const send = frame => socket.send(JSON.stringify(frame));

socket.onopen = () => send({ type: 'auth', token });
socket.onmessage = ({ data }) => {
  const frame = JSON.parse(data);
  console.log(frame);
  if (frame.type === 'auth_success') {
    send({ type: 'subscribe', topic: ${JSON.stringify(pattern)} });
    send({ type: 'message', topic: ${JSON.stringify(topic)}, data: 'Hello from a script' });
  }
};`,
  },
];

/** Shows the snippets for a topic to publish to and a pattern to listen to. */
export function showSnippets(element, topic, pattern) {
  element.replaceChildren(...SNIPPETS.map(({ title, text }) => {
    const code = text(topic, pattern);
    return make('figure', { class: 'snippet' },
      make('figcaption', {}, title, copyButton(() => code)),
      make('pre', { tabindex: 0 }, make('code', {}, code)));
  }));
}
