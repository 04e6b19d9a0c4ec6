package dev.tessera.host.split;

import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the (at most) 100 values bought most often in the train target, ties by smaller id. */
final class LabelRanking {

  /** The challenge's number of labels of a propensity task. */
  static final int LABELS = 100;

  private final PriorityQueue<Label> worstFirst =
      new PriorityQueue<>((a, b) -> a.before(b) ? 1 : a.equals(b) ? 0 : -1);

  /** A value with its purchases in the train target and in the whole log. */
  record Label(long id, long inTarget, long ever) {

    boolean before(Label other) {
      return inTarget != other.inTarget ? inTarget > other.inTarget : id < other.id;
    }
  }

  /** Offers a value; one that was not bought in the train target is no label. */
  void offer(long id, long inTarget, long ever) {
    if (inTarget == 0) {
      return;
    }
    Label label = new Label(id, inTarget, ever);
    if (worstFirst.size() < LABELS) {
      worstFirst.add(label);
    } else if (label.before(worstFirst.element())) {
      worstFirst.remove();
      worstFirst.add(label);
    }
  }

  /** The values kept, the most bought first. */
  List<Label> best() {
    List<Label> labels = new ArrayList<>(worstFirst);
    labels.sort((a, b) -> a.before(b) ? -1 : a.equals(b) ? 0 : 1);
    return labels;
  }
}
