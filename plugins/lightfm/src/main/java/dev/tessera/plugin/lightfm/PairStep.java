package dev.tessera.plugin.lightfm;

import java.util.Arrays;

/**
 * Scores skus for one client, and moves the weights of a client and of one or two skus along the
 * gradient. One per task; not safe for several threads.
 *
 * <p>The score of sku i for client u is {@code p_u · q_i + b_i} with p, q, b summed over features.
 * A sku's numbers meet the client's vector once for each client and not once for each sku: {@code
 * p_u · Σ_f v_if s_f = Σ_f v_if (p_u · s_f)}.
 */
final class PairStep {

  private final Optimizer optimizer;
  private final Side clients;
  private final Side skus;
  private final SharedRows.Copy sharedOfSkus;
  private final boolean skusLearn;
  private final int stride;
  private final float[] client;
  private final float[] difference;
  private final float[] sharedScores;
  private final float[] sharedChange;
  private final float[] lanes = new float[Rows.UNIT];
  private final Rows[] waitingRows;
  private final int[] waitingRow;
  private final float[][] waitingDirection;
  private final float[] waitingFactor;
  private int waiting;

  private PairStep(
      Optimizer optimizer,
      Side clients,
      Side skus,
      SharedRows.Copy sharedOfSkus,
      boolean skusLearn) {
    this.optimizer = optimizer;
    this.clients = clients;
    this.skus = skus;
    this.sharedOfSkus = sharedOfSkus;
    this.skusLearn = skusLearn;
    this.stride = skus.own().stride();
    this.client = new float[stride];
    this.difference = new float[stride];
    this.sharedScores = new float[skus.features().stride()];
    this.sharedChange = new float[skus.features().stride()];
    // of the client, two skus and their categories, beside the numbers
    int most = 5 + clients.features().dense() + skus.features().dense();
    this.waitingRows = new Rows[most];
    this.waitingRow = new int[most];
    this.waitingDirection = new float[most][];
    this.waitingFactor = new float[most];
  }

  /** Steps that change both sides, and of the shared weights the task's copies. */
  static PairStep of(
      Optimizer optimizer,
      Side clients,
      SharedRows.Copy sharedOfClients,
      Side skus,
      SharedRows.Copy sharedOfSkus) {
    return new PairStep(
        optimizer,
        new Side(clients.features(), clients.own(), sharedOfClients.rows()),
        new Side(skus.features(), skus.own(), sharedOfSkus.rows()),
        sharedOfSkus,
        true);
  }

  /** Steps that change only what a client has of its own. */
  static PairStep withSkusFixed(Optimizer optimizer, Side clients, Side skus) {
    return new PairStep(optimizer, clients, skus, null, false);
  }

  /** From now on it is about this client, with the weights of this moment. */
  void choose(int row) {
    clients.vector(row, client, 0);
    Rows shared = skus.shared();
    for (int f = 0; f < skus.features().dense(); f++) {
      sharedScores[f] = product(shared, f);
    }
  }

  /** The score of a sku for the chosen client. */
  float score(int sku) {
    Features features = skus.features();
    int numbers = features.stride();
    float score = 0;
    if (features.identity() && numbers > 0) {
      float[] own = skus.own().values();
      int first = sku * numbers;
      score =
          skus.own().bias()[sku]
              + Kernels.dots(
                  client, own, sku * stride, stride, sharedScores, features.values(), first, lanes);
    } else if (features.identity()) {
      score = product(skus.own(), sku);
    } else if (numbers > 0) {
      float[] values = features.values();
      score = Kernels.dot(sharedScores, 0, values, sku * numbers, numbers, lanes);
    }
    int category = features.sharedRow(sku);
    return category < 0 ? score : score + product(skus.shared(), category);
  }

  private float product(Rows rows, int row) {
    return Kernels.dot(client, 0, rows.values(), row * stride, stride, lanes) + rows.bias()[row];
  }

  /**
   * A step for a loss whose derivative by the score of {@code plus} is {@code slope}, and by that
   * of {@code minus} its negative.
   */
  void step(int row, int plus, int minus, float slope) {
    Features features = skus.features();
    if (features.identity()) {
      float[] own = skus.own().values();
      Kernels.subtract(own, plus * stride, own, minus * stride, difference, stride);
    } else {
      Arrays.fill(difference, 0);
    }
    int numbers = features.stride();
    if (numbers > 0) {
      float[] values = features.values();
      Kernels.subtract(values, plus * numbers, values, minus * numbers, sharedChange, numbers);
      skus.addNumbers(sharedChange, 0, difference, 0);
    }
    int up = features.sharedRow(plus);
    int down = features.sharedRow(minus);
    skus.addCategory(up, 1, difference, 0);
    skus.addCategory(down, -1, difference, 0);
    if (skusLearn) {
      stepOwn(plus, slope);
      stepOwn(minus, -slope);
      stepNumbers(slope);
      if (up != down) {
        stepCategory(up, slope);
        stepCategory(down, -slope);
      }
    }
    stepClient(row, slope);
  }

  /** A step for a loss whose derivative by the score of {@code sku} is {@code slope}. */
  void step(int row, int sku, float slope) {
    Features features = skus.features();
    skus.vector(sku, difference, 0);
    if (skusLearn) {
      stepOwn(sku, slope);
      int numbers = features.stride();
      System.arraycopy(features.values(), sku * numbers, sharedChange, 0, numbers);
      stepNumbers(slope);
      stepCategory(features.sharedRow(sku), slope);
    }
    stepClient(row, slope);
  }

  private void stepOwn(int sku, float slope) {
    if (skus.features().identity()) {
      stepSku(skus.own(), sku, slope);
    }
  }

  private void stepNumbers(float slope) {
    for (int f = 0; f < skus.features().dense(); f++) {
      float factor = slope * sharedChange[f];
      if (factor != 0) {
        stepSku(skus.shared(), f, factor);
      }
    }
  }

  private void stepCategory(int sharedRow, float slope) {
    if (sharedRow >= 0) {
      sharedOfSkus.touch(sharedRow);
      stepSku(skus.shared(), sharedRow, slope);
    }
  }

  private void stepSku(Rows rows, int row, float slope) {
    enqueue(rows, row, client, slope);
    optimizer.stepBias(rows, row, slope);
  }

  private void stepClient(int row, float slope) {
    Features features = clients.features();
    if (features.identity()) {
      enqueue(clients.own(), row, difference, slope);
    }
    int numbers = row * features.stride();
    for (int f = 0; f < features.dense() && skusLearn; f++) {
      float factor = slope * features.values()[numbers + f];
      if (factor != 0) {
        enqueue(clients.shared(), f, difference, factor);
      }
    }
    stepWaiting();
  }

  private void enqueue(Rows rows, int row, float[] direction, float factor) {
    waitingRows[waiting] = rows;
    waitingRow[waiting] = row;
    waitingDirection[waiting] = direction;
    waitingFactor[waiting++] = factor;
  }

  /**
   * Changes the rows that wait, all at one place: were the step inlined at each of the places that
   * ask for one, the JIT would run out of room and leave vectors as objects.
   */
  private void stepWaiting() {
    for (int i = 0; i < waiting; i++) {
      optimizer.step(waitingRows[i], waitingRow[i], waitingDirection[i], waitingFactor[i]);
    }
    waiting = 0;
  }
}
