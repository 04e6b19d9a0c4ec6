/**
 * The organisers' split of a log in time: what comes before the targets, the purchases of two
 * target windows, and the labels that are to be predicted. {@link dev.tessera.host.split.LogSplit}
 * cuts a folder; the generator of synthetic shops writes by the same rules as it goes.
 */
package dev.tessera.host.split;
