/**
 * Published runs on disk: numbered versions under a name, which outlive the run they came from and
 * which servers offer.
 */
package dev.tessera.host.publish;
