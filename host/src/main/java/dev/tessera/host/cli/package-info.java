/** The command line: one class for each command, exit codes 0 done, 1 failed, 2 wrong usage. */
package dev.tessera.host.cli;
