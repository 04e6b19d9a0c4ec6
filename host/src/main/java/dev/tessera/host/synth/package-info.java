/**
 * Challenge-like data from a seed: a shop whose clients have interests, a price level and a life
 * span, written as the organisers lay their files out. {@link dev.tessera.host.synth.SyntheticShop}
 * is the entry.
 */
package dev.tessera.host.synth;
