package dev.tessera.neural;

/** The batches of a plan, read from a source when asked for. */
public final class PlannedEpoch implements BatchSource.Epoch {

  private final SequenceSource source;
  private final SequenceSource.Reader reader;
  private final BatchPlan plan;

  /** The batches of a plan over the clients of a source. */
  public PlannedEpoch(SequenceSource source, BatchPlan plan) {
    this.source = source;
    this.reader = source.reader();
    this.plan = plan;
  }

  @Override
  public int size() {
    return plan.size();
  }

  @Override
  public long tokens() {
    return plan.tokens();
  }

  @Override
  public TokenBatch batch(int index) {
    return TokenBatch.read(source, reader, plan.clients(index));
  }
}
