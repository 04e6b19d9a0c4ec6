package dev.tessera.host.evaluate;

import ai.djl.ndarray.NDArray;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.stream.IntStream;

/**
 * Minimises the ridge-penalised logistic loss of many labels at once: each label has a quasi-Newton
 * search of its own (L-BFGS; Nocedal and Wright, Numerical Optimization, ch. 7), and all share the
 * products with the data.
 *
 * <p>A label's penalty is {@code ½ λ c |w|²}, {@code c = p (1 − p)} with its rate p, and its search
 * starts from the curvature at the rate, {@code c (XᵀX / n + λ I)}: one inverse serves all labels,
 * and the first step is already a linear discriminant. The intercept is not penalised.
 */
final class LogisticSolver {

  private static final int MEMORY = 5;
  private static final double SUFFICIENT = 1e-4;
  private static final double SMALLEST_STEP = 1e-3;

  /** Keeps the intercept's and constant columns' curvature from 0. */
  private static final double JITTER = 1e-6;

  private final LogisticLoss loss;
  private final Torch torch;
  private final double[] gram;
  private final double[] curvature;
  private final int columns;
  private final Label[] labels;
  private double lambda;
  private boolean started;

  private record Pair(double[] step, double[] change, double curvature) {}

  /** One label's search. */
  private static final class Label {
    final double[] weights;
    final double[] gradient;
    final double[] direction;
    final Deque<Pair> pairs = new ArrayDeque<>();
    double value;
    double step = 1;
    boolean moved = true;

    Label(int columns) {
      weights = new double[columns];
      gradient = new double[columns];
      direction = new double[columns];
    }
  }

  LogisticSolver(LogisticLoss loss, double[] gram, Torch torch) {
    this.loss = loss;
    this.torch = torch;
    this.gram = gram;
    this.columns = loss.columns();
    this.labels = new Label[loss.labels()];
    this.curvature = loss.rates();
    for (int l = 0; l < labels.length; l++) {
      labels[l] = new Label(columns);
      double rate = curvature[l];
      labels[l].weights[columns - 1] = Math.log(rate / (1 - rate));
      curvature[l] = rate * (1 - rate);
    }
  }

  /**
   * Goes on from the weights found last, with another penalty.
   *
   * @param evaluations of the loss that may be spent
   * @return [L · columns] the weights
   */
  float[] solve(double newLambda, int evaluations) {
    start(newLambda);
    try (NDArray inverse = torch.inverse(penalised(), columns)) {
      double[] values = new double[labels.length];
      double[][] gradients = new double[labels.length][columns];
      for (int round = 0; round < evaluations; round++) {
        findDirections(inverse);
        loss.evaluate(weights(true), values, gradients);
        IntStream.range(0, labels.length).parallel().forEach(l -> step(l, values[l], gradients[l]));
      }
    }
    return weights(false);
  }

  private void start(double newLambda) {
    if (!started) {
      double[] values = new double[labels.length];
      double[][] gradients = new double[labels.length][columns];
      loss.evaluate(weights(false), values, gradients);
      for (int l = 0; l < labels.length; l++) {
        labels[l].value = values[l];
        System.arraycopy(gradients[l], 0, labels[l].gradient, 0, columns);
      }
      started = true;
    }
    for (int l = 0; l < labels.length; l++) {
      Label label = labels[l];
      addPenalty((newLambda - lambda) * curvature[l], label.weights, label.gradient);
      label.value += penalty((newLambda - lambda) * curvature[l], label.weights);
      label.pairs.clear();
      label.moved = true;
      label.step = 1;
    }
    lambda = newLambda;
  }

  private double[] penalised() {
    double[] matrix = gram.clone();
    for (int c = 0; c < columns; c++) {
      matrix[c * columns + c] += JITTER + (c < columns - 1 ? lambda : 0);
    }
    return matrix;
  }

  private void addPenalty(double factor, double[] weights, double[] gradient) {
    for (int c = 0; c < columns - 1; c++) {
      gradient[c] += factor * weights[c];
    }
  }

  private double penalty(double factor, double[] weights) {
    double sum = 0;
    for (int c = 0; c < columns - 1; c++) {
      sum += weights[c] * weights[c];
    }
    return factor / 2 * sum;
  }

  /** Current weights, or those of the step to be tried. */
  private float[] weights(boolean tried) {
    float[] all = new float[labels.length * columns];
    for (int l = 0; l < labels.length; l++) {
      Label label = labels[l];
      for (int c = 0; c < columns; c++) {
        double step = tried ? label.step * label.direction[c] : 0;
        all[l * columns + c] = (float) (label.weights[c] + step);
      }
    }
    return all;
  }

  /** The two loops of L-BFGS, with the shared inverse between them. */
  private void findDirections(NDArray inverse) {
    double[][] factors = new double[labels.length][];
    float[] inner = new float[labels.length * columns];
    IntStream.range(0, labels.length)
        .parallel()
        .filter(l -> labels[l].moved)
        .forEach(l -> factors[l] = firstLoop(labels[l], curvature[l], inner, l * columns));
    try (NDArray q = torch.matrix(labels.length, columns, inner);
        NDArray product = q.matMul(inverse)) {
      float[] outer = product.toFloatArray();
      IntStream.range(0, labels.length)
          .parallel()
          .filter(l -> labels[l].moved)
          .forEach(l -> secondLoop(labels[l], factors[l], outer, l * columns));
    }
  }

  private double[] firstLoop(Label label, double scale, float[] inner, int at) {
    double[] q = label.gradient.clone();
    double[] factors = new double[label.pairs.size()];
    int i = factors.length;
    for (Iterator<Pair> newestFirst = label.pairs.descendingIterator(); newestFirst.hasNext(); ) {
      Pair pair = newestFirst.next();
      factors[--i] = dot(pair.step(), q) / pair.curvature();
      add(-factors[i], pair.change(), q);
    }
    for (int c = 0; c < columns; c++) {
      inner[at + c] = (float) (q[c] / scale);
    }
    return factors;
  }

  private void secondLoop(Label label, double[] factors, float[] outer, int at) {
    double[] r = new double[columns];
    for (int c = 0; c < columns; c++) {
      r[c] = outer[at + c];
    }
    int i = 0;
    for (Pair pair : label.pairs) {
      double back = dot(pair.change(), r) / pair.curvature();
      add(factors[i++] - back, pair.step(), r);
    }
    for (int c = 0; c < columns; c++) {
      label.direction[c] = -r[c];
    }
  }

  /** Takes the step that was tried if it was a descent, else tries half of it next. */
  private void step(int l, double value, double[] gradient) {
    Label label = labels[l];
    double[] tried = label.weights.clone();
    add(label.step, label.direction, tried);
    double strength = lambda * curvature[l];
    double newValue = value + penalty(strength, tried);
    addPenalty(strength, tried, gradient);
    double promised = label.step * dot(label.gradient, label.direction);
    // float32 sums: near the minimum a step may look worse by a rounding
    double slack = 1e-7 * Math.abs(label.value);
    label.moved = newValue <= label.value + SUFFICIENT * promised + slack;
    if (!label.moved) {
      label.step /= 2;
      if (label.step < SMALLEST_STEP) {
        label.pairs.clear();
        label.step = SMALLEST_STEP;
      }
      return;
    }
    double[] step = new double[columns];
    double[] change = new double[columns];
    for (int c = 0; c < columns; c++) {
      step[c] = tried[c] - label.weights[c];
      change[c] = gradient[c] - label.gradient[c];
      label.weights[c] = tried[c];
      label.gradient[c] = gradient[c];
    }
    label.value = newValue;
    label.step = 1;
    double along = dot(step, change);
    if (along > 1e-10 * Math.sqrt(dot(step, step) * dot(change, change))) {
      label.pairs.addLast(new Pair(step, change, along));
      if (label.pairs.size() > MEMORY) {
        label.pairs.removeFirst();
      }
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void add(double factor, double[] from, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += factor * from[i];
    }
  }
}
