/** Writes columns of primitive arrays to Parquet, without Hadoop. */
package dev.tessera.host.parquet;
