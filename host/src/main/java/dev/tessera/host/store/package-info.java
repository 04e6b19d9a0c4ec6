/** One step's result on disk: embeddings as npy, Arrow and Parquet, and the saved model. */
package dev.tessera.host.store;
