/**
 * Embeds events the moment they come, through a run's saved models: a batch of events becomes a log
 * in memory, the stages that a step needs run over it one after the other, and nothing touches the
 * disk. Start at {@link dev.tessera.host.live.LiveRun}.
 */
package dev.tessera.host.live;
