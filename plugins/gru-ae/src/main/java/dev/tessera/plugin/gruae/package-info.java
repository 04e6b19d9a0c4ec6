/**
 * The plugin {@code gru-ae}: a recurrent autoencoder of a client's sequence of events. Start at
 * {@link dev.tessera.plugin.gruae.GruAeModel}.
 */
package dev.tessera.plugin.gruae;
