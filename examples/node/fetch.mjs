// Lists a server's embeddings, looks clients up, or embeds events. Prints a line of JSON for each row.

import { readFileSync } from 'node:fs';
import { Int64, Table, Utf8, vectorFromArray } from 'apache-arrow';
import grpc from '@grpc/grpc-js';
import { EmbeddingClient } from './flight.mjs';

const USAGE = `usage: node fetch.mjs grpc://HOST:PORT                               the embeddings there are
       node fetch.mjs grpc://HOST:PORT EMBEDDING ID...               these clients (DoGet)
       node fetch.mjs grpc://HOST:PORT EMBEDDING --clients FILE      one id a line (DoExchange)
       node fetch.mjs grpc://HOST:PORT EMBEDDING --events FILE       an event a line, in JSON (live embedding)
with grpc+tls://HOST:PORT for an encrypted connection, --ca FILE (whom to trust, PEM), and --token-file FILE or the
variable TESSERA_TOKEN (a bearer token)`;

const NO_ID = 'an id is a whole number below 2^53';

const EVENT_TYPES = {
  client_id: new Int64(),
  timestamp: new Utf8(),
  kind: new Utf8(),
  sku: new Int64(),
  url: new Int64(),
  query: new Utf8(),
};

async function main(words) {
  const ca = taken(words, '--ca');
  const tokenFile = taken(words, '--token-file');
  const [address, embedding, ...clients] = words;
  const fileMissing = clients[0]?.startsWith('--') && clients.length !== 2;
  const wrong = clients[0]?.startsWith('--') ? undefined : clients.find((word) => !isId(word));
  if (!/^grpc(\+tls)?:/.test(address ?? '') || (embedding && clients.length === 0) || fileMissing) {
    console.error(USAGE);
    return 2;
  }
  if (wrong !== undefined) {
    console.error(`error: ${NO_ID}, not '${wrong}'`);
    return 2;
  }
  let client;
  try {
    client = new EmbeddingClient(address, {
      ca: ca && readFileSync(ca),
      token: tokenFile ? readFileSync(tokenFile, 'utf8').trim() : process.env.TESSERA_TOKEN,
    });
    for await (const row of asked(client, embedding, clients)) {
      console.log(JSON.stringify(row, plain));
    }
    return 0;
  } catch (error) {
    const status = grpc.status[error.code];
    console.error(`error: ${status ? `${status}: ${error.details}` : error.message}`);
    return 1;
  } finally {
    client?.close();
  }
}

/** Takes an option and its value out of the words. */
function taken(words, option) {
  const at = words.indexOf(option);
  return at < 0 ? undefined : words.splice(at, 2)[1];
}

function asked(client, embedding, words) {
  if (!embedding) {
    return listed(client);
  }
  const [option, file] = words;
  switch (option) {
    case '--clients':
      return client.lookUp(embedding, parsed(file, id));
    case '--events':
      return client.embed(embedding, events(parsed(file, event)));
    default:
      return client.get({ embedding, clients: words.map(Number) });
  }
}

async function* listed(client) {
  for await (const { name, rows, schema } of client.list()) {
    const { type } = schema.fields.find((field) => field.name === 'embedding');
    yield { embedding: name, rows, dimension: type.listSize };
  }
}

function isId(text) {
  return /^-?\d+$/.test(text.trim()) && Number.isSafeInteger(Number(text));
}

function id(text) {
  if (!isId(text)) {
    throw new Error(`${NO_ID}, not '${text}'`);
  }
  return Number(text);
}

function event(text) {
  const found = JSON.parse(text);
  if (found === null || typeof found !== 'object' || Array.isArray(found)) {
    throw new Error(`an event is a JSON object, not ${text}`);
  }
  return found;
}

/** Events as a table; what an event does not have is null. */
function events(list) {
  const columns = Object.entries(EVENT_TYPES).map(([name, type]) => {
    const values = list.map((event) => event[name] ?? null);
    const typed = type instanceof Int64 ? values.map((value) => (value === null ? null : BigInt(value))) : values;
    return [name, vectorFromArray(typed, type)];
  });
  return new Table(Object.fromEntries(columns));
}

/** What a file's lines say, but for empty ones; an error names the file and the line. */
function parsed(file, parse) {
  const found = [];
  readFileSync(file, 'utf8')
    .split('\n')
    .forEach((line, at) => {
      try {
        if (line.trim() !== '') {
          found.push(parse(line));
        }
      } catch (error) {
        throw new Error(`${file}, line ${at + 1}: ${error.message}`);
      }
    });
  if (found.length === 0) {
    throw new Error(`${file} is empty`);
  }
  return found;
}

function plain(key, value) {
  if (typeof value === 'bigint') {
    return Number(value);
  }
  return value instanceof Float32Array ? Array.from(value) : value;
}

process.exitCode = await main(process.argv.slice(2));
