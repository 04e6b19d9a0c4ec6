package dev.tessera.plugin.als;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Lends scratch memory to tasks, so that there is as much of it as threads and not as tasks. */
final class Pool<T> {

  private final Supplier<T> create;
  private final Queue<T> idle = new ConcurrentLinkedQueue<>();

  Pool(Supplier<T> create) {
    this.create = create;
  }

  /** Runs a body with an object that no other thread uses meanwhile. */
  void lend(Consumer<T> body) {
    T pooled = idle.poll();
    T lent = pooled == null ? create.get() : pooled;
    body.accept(lent);
    idle.add(lent);
  }

  /** The objects that are not lent now. */
  Stream<T> idle() {
    return idle.stream();
  }
}
