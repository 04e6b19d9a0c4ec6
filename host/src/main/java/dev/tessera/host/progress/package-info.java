/** How long work shows how far it is. */
package dev.tessera.host.progress;
