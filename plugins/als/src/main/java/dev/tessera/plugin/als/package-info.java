/** Implicit-feedback alternating least squares: a factor vector per client from what it touched. */
package dev.tessera.plugin.als;
