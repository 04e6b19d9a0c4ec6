package dev.tessera.host.evaluate;

import java.util.Random;

/**
 * Times training steps of the network. Arguments: inputs, thin, wide, outputs, steps, threads.
 *
 * <p>{@code java -cp … dev.tessera.host.evaluate.NetworkBenchmark 1100 2048 4096 100 12 2}
 */
final class NetworkBenchmark {

  private NetworkBenchmark() {}

  public static void main(String[] arguments) {
    int[] sizes = new int[arguments.length];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Integer.parseInt(arguments[i]);
    }
    int rows = NetworkProbe.BATCH;
    Random random = new Random(1);
    float[] x = new float[rows * sizes[0]];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    long[] pairs = random.longs(2L * rows, 0, (long) rows * sizes[3]).toArray();
    TargetMatrix targets = TargetMatrix.ofPairs(rows, sizes[3], pairs);
    try (Network network =
        new Network(sizes[0], sizes[1], sizes[2], sizes[3], 1, "cpu", sizes[5])) {
      for (int step = 0; step < sizes[4]; step++) {
        long start = System.nanoTime();
        double loss = network.train(x, rows, targets, 0);
        System.out.printf(
            "step %d: %.1f ms, loss %.5f%n", step, (System.nanoTime() - start) / 1e6, loss);
      }
    }
  }
}
