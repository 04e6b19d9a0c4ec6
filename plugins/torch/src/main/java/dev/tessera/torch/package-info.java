/** What DJL's arrays lack: products of matrices in bfloat16, and sums of products in place. */
package dev.tessera.torch;
