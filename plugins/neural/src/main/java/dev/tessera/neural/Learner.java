package dev.tessera.neural;

import ai.djl.ndarray.NDManager;
import java.util.SplittableRandom;

/** A model as the {@link Trainer} sees it. */
public interface Learner {

  /** What is trained. */
  Parameters parameters();

  /**
   * Adds the gradients of a batch's loss to those of the parameters.
   *
   * @param manager of this batch: everything made from it is freed after the call
   * @param random of this batch, for dropout and the like
   * @return the loss, a mean over the batch's labels
   */
  double learn(TokenBatch batch, NDManager manager, SplittableRandom random);

  /**
   * Says how good the model is on clients that it does not learn from; called after each epoch. To
   * compare epochs, it must use the same clients and random numbers each time.
   *
   * @param manager of this call; a sub-manager for each batch is advised
   */
  Evaluation evaluate(NDManager manager);
}
