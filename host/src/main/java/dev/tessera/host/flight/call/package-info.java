/** One call of a client: its identity, its limits, and what it has done so far. */
package dev.tessera.host.flight.call;
