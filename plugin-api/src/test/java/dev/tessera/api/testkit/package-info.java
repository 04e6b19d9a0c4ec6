/**
 * The plugin test kit: logs with known content, a context, a checking sink, and a contract test.
 */
package dev.tessera.api.testkit;
