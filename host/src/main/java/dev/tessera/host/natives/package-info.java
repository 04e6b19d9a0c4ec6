/**
 * The one home of looking for native libraries and devices: which PyTorch this process loads, which
 * GPUs the CUDA driver shows, where a run's models compute, and what {@code tessera doctor} says.
 */
package dev.tessera.host.natives;
