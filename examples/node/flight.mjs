// A small Arrow Flight client: gRPC carries Arrow's messages in two pieces, a header and a body.
// The packages' own Arrow reader wants them as one stream of bytes, so they are put together here.

import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import grpc from '@grpc/grpc-js';
import protoLoader from '@grpc/proto-loader';
import { makeVector, Message, RecordBatchReader, Table, tableToIPC } from 'apache-arrow';

const PROTO = fileURLToPath(new URL('flight.proto', import.meta.url));
const LOADED = protoLoader.loadSync(PROTO, { keepCase: true, longs: Number, enums: String, defaults: true });
const { FlightService } = grpc.loadPackageDefinition(LOADED).arrow.flight.protocol;

const CONTINUATION = 0xffffffff;
const PREFIX_BYTES = 8; // the continuation mark and the header's length
const END_OF_STREAM = prefix(0);
const IDS_PER_BATCH = 1000;

export class EmbeddingClient {
  #stub;
  #headers = new grpc.Metadata();

  /**
   * @param {string} address grpc://HOST:PORT, or grpc+tls://HOST:PORT for an encrypted connection
   * @param {{ca?: Buffer, token?: string}} [security] whom to trust (PEM; Node's list if not given), and a bearer token
   */
  constructor(address, { ca, token } = {}) {
    const [, tls, target] = /^grpc(\+tls)?:\/\/([^/]+)$/.exec(address) ?? [];
    if (!target) {
      throw new Error(`wanted grpc://HOST:PORT or grpc+tls://HOST:PORT, found '${address}'`);
    }
    this.#stub = new FlightService(target, tls ? grpc.credentials.createSsl(ca) : grpc.credentials.createInsecure());
    if (token) {
      this.#headers.set('authorization', `Bearer ${token}`);
    }
  }

  close() {
    this.#stub.close();
  }

  /** What the server offers: name, rows and the Arrow schema of each embedding. */
  async *list() {
    for await (const info of this.#stub.ListFlights({}, this.#headers)) {
      const schema = RecordBatchReader.from([info.schema, END_OF_STREAM]).open().schema;
      yield { name: schema.metadata.get('tessera.embedding'), rows: info.total_records, schema };
    }
  }

  /** Rows by a request as docs/SERVING.md has it, e.g. {embedding: 'profile', clients: [7, 3, 7]}. */
  get(request) {
    return rows(this.#stub.DoGet({ ticket: Buffer.from(JSON.stringify(request)) }, this.#headers));
  }

  /** Rows of many clients, in the order of their ids, which go out while the rows come in. */
  lookUp(embedding, ids) {
    const all = BigInt64Array.from(ids, BigInt);
    const columns = [];
    for (let first = 0; first < all.length; first += IDS_PER_BATCH) {
      columns.push(makeVector(all.subarray(first, first + IDS_PER_BATCH)));
    }
    const table = new Table({ client_id: columns[0].concat(...columns.slice(1)) });
    return this.#exchange({ type: 'PATH', path: [embedding] }, table);
  }

  /** A vector for each client of a table of events. */
  embed(embedding, events) {
    return this.#exchange({ type: 'CMD', cmd: Buffer.from(JSON.stringify({ embed: embedding })) }, events);
  }

  #exchange(descriptor, table) {
    const call = this.#stub.DoExchange(this.#headers);
    Readable.from(messages(descriptor, table)).pipe(call);
    return rows(call);
  }
}

/** The rows of a call's answers; an unknown client's embedding is null. */
async function* rows(call) {
  for await (const batch of await RecordBatchReader.from(stream(call))) {
    const clients = batch.getChild('client_id');
    const embeddings = batch.getChild('embedding');
    for (let row = 0; row < batch.numRows; row++) {
      yield { client_id: clients.get(row), embedding: embeddings.get(row)?.toArray() ?? null };
    }
  }
}

/** Flight's messages as one stream of Arrow IPC. */
async function* stream(call) {
  for await (const { data_header: header, data_body: body } of call) {
    if (header.length > 0) {
      const padding = -header.length & 7; // a body starts at a multiple of 8
      yield Buffer.concat([prefix(header.length + padding), header, Buffer.alloc(padding), body]);
    }
  }
  yield END_OF_STREAM;
}

/** A table as Flight's messages: its schema, with what is asked for, then its batches. */
function* messages(descriptor, table) {
  const bytes = Buffer.from(tableToIPC(table, 'stream'));
  let first = { flight_descriptor: descriptor };
  for (let at = 0; at < bytes.length; ) {
    const start = at + PREFIX_BYTES;
    const end = start + bytes.readUInt32LE(at + 4);
    if (end === start) {
      return;
    }
    const header = bytes.subarray(start, end);
    at = end + Message.decode(header).bodyLength;
    yield { ...first, data_header: header, data_body: bytes.subarray(end, at) };
    first = {};
  }
}

function prefix(headerLength) {
  const bytes = Buffer.alloc(PREFIX_BYTES);
  bytes.writeUInt32LE(CONTINUATION, 0);
  bytes.writeUInt32LE(headerLength, 4);
  return bytes;
}
