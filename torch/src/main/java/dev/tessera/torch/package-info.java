/**
 * What DJL's arrays lack: products of matrices in bfloat16, and products and a GELU into arrays
 * that are there.
 */
package dev.tessera.torch;
