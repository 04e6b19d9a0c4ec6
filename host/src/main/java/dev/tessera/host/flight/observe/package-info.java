/** What people who run a server see of it: metrics, access log, health. */
package dev.tessera.host.flight.observe;
