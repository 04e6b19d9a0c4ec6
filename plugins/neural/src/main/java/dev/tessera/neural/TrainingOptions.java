package dev.tessera.neural;

import dev.tessera.torch.Precision;

/**
 * How a model is trained.
 *
 * @param epochs the most epochs, at least 1
 * @param patience training ends after so many epochs without a better one; at least 1
 * @param learningRate Adam's η
 * @param clipNorm gradients of a larger norm are scaled down to it; 0 for no such bound
 * @param precision of the factors of products; evaluation and embedding are in float32
 */
public record TrainingOptions(
    int epochs, int patience, double learningRate, double clipNorm, Precision precision) {}
