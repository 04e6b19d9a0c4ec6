/**
 * The run's YAML: values that know where they came from, bound to typed records, with errors that
 * name key, file and line.
 */
package dev.tessera.host.config;
