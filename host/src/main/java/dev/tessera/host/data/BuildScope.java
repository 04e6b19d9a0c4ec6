package dev.tessera.host.data;

import dev.tessera.host.progress.ProgressDisplay;
import org.apache.arrow.memory.BufferAllocator;

/**
 * What all parts of one build share.
 *
 * @param allocator for the build's memory; closed after it
 * @param workers the build's threads
 * @param progress where to show how far it is
 */
record BuildScope(BufferAllocator allocator, Workers workers, ProgressDisplay progress) {}
