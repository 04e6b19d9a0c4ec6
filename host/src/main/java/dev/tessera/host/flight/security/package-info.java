/** Who may do what: principals, their grants, and how callers are told apart. */
package dev.tessera.host.flight.security;
