/**
 * Arrow memory and Arrow files: the process's one allocator tree, large buffers outside the heap,
 * files written from buffers, and files mapped back without a copy.
 */
package dev.tessera.host.arrow;
