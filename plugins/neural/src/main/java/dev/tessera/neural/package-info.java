/**
 * What the sequence models share: the events of a client in order of time, vocabularies, batches
 * under a token budget, training with checkpoints, and a few blocks on DJL arrays.
 *
 * <p>The way of the data: {@link dev.tessera.neural.EventSequences} reads a client's tokens
 * straight from the mapped log, {@link dev.tessera.neural.BatchPlan} says which clients form a
 * batch, {@link dev.tessera.neural.TokenBatch} holds one, a {@link dev.tessera.neural.Learner}
 * turns it into gradients, and {@link dev.tessera.neural.Trainer} repeats that until the held-out
 * score no longer gets better.
 *
 * <p>Shape letters: B batch, T time steps, D embedding, H hidden, V vocabulary, P real positions.
 */
package dev.tessera.neural;
