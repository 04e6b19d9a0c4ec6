/** Hybrid matrix factorisation of clients and skus, learnt from pairs by stochastic gradients. */
package dev.tessera.plugin.lightfm;
