package dev.tessera.api.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.tessera.api.ClientSelection;
import dev.tessera.api.EmbeddingModel;
import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginContext;
import dev.tessera.api.PluginException;
import dev.tessera.api.TrainingReport;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a model owes that is trained in epochs on clients' sequences, beyond {@link
 * ModelPluginContractTest}. The subclass needs a constructor without arguments.
 *
 * @param <C> the configuration
 */
public abstract class TrainedModelContractTest<C extends Record>
    extends ModelPluginContractTest<C> {

  @TempDir Path modelFolder;

  /** A small configuration, with dropout if there is such a thing. */
  protected abstract C config(int epochs, double learningRate, int batchSequences);

  @Override
  protected C config() {
    return config(2, 0.001, 16);
  }

  private EmbeddingModel create(C config, PluginContext context) {
    return (EmbeddingModel) factory().create(config, context);
  }

  private EmbeddingModel open(C config, TestContext context) {
    return (EmbeddingModel) factory().open(config, modelFolder, context);
  }

  private static CollectingSink embed(
      EmbeddingModel model, BuiltLog built, ClientSelection clients) {
    CollectingSink sink = new CollectingSink();
    model.embed(built.log(), clients, sink);
    return sink;
  }

  private static void assertClose(float[] actual, float[] wanted) {
    assertThat(actual).hasSameSizeAs(wanted);
    for (int i = 0; i < wanted.length; i++) {
      assertThat(actual[i]).isCloseTo(wanted[i], within(1e-5f));
    }
  }

  @Test
  void givesAClientTheSameVectorAloneAndInBatchesOfAnySize() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 150)) {
      ClientSelection all = built.log().relevantClients();
      List<float[]> together;
      try (EmbeddingModel model = create(config(1, 0.001, 64), context)) {
        model.fit(built.log());
        model.save(modelFolder);
        together = embed(model, built, all).vectors();
        for (int i = 0; i < all.size(); i += 17) {
          ClientSelection alone = ClientSelection.of(all.id(i));
          assertClose(embed(model, built, alone).vectors().get(0), together.get(i));
        }
      }
      for (int sequences : new int[] {1, 3, 1000}) {
        try (EmbeddingModel model = open(config(1, 0.001, sequences), context)) {
          List<float[]> again = embed(model, built, all).vectors();
          for (int i = 0; i < all.size(); i++) {
            assertClose(again.get(i), together.get(i));
          }
        }
      }
    }
  }

  @Test
  void goesOnAfterACancellationToTheSameVectors() {
    C config = config(4, 0.001, 16);
    List<float[]> whole;
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 120);
        EmbeddingModel model = create(config, context)) {
      model.fit(built.log());
      whole = embed(model, built, built.log().relevantClients()).vectors();
    }
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 120)) {
      InterruptingContext interrupted = new InterruptingContext(context, "epoch 3");
      try (EmbeddingModel model = create(config, interrupted)) {
        assertThatThrownBy(() -> model.fit(built.log()))
            .isInstanceOfSatisfying(
                PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CANCELLED));
      }
      try (EmbeddingModel model = create(config, context)) {
        TrainingReport report = model.fit(built.log());
        assertThat(report.notes()).contains("went on after epoch 2 of an earlier run");
        List<float[]> resumed = embed(model, built, built.log().relevantClients()).vectors();
        for (int i = 0; i < whole.size(); i++) {
          assertThat(resumed.get(i)).isEqualTo(whole.get(i));
        }
      }
    }
  }

  @Test
  void refusesACheckpointOfAnotherConfigurationAndNamesTheDifference() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 120)) {
      try (EmbeddingModel model = create(config(1, 0.001, 16), context)) {
        model.fit(built.log());
      }
      try (EmbeddingModel model = create(config(1, 0.002, 16), context)) {
        assertThatThrownBy(() -> model.fit(built.log()))
            .isInstanceOfSatisfying(
                PluginException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.INCOMPATIBLE_MODEL))
            .hasMessageContaining("was made with learning-rate 0.001, wanted 0.002; delete");
      }
    }
  }

  @Test
  void fitsAndEmbedsInThreadsOfTheirOwn() throws Exception {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 80);
        EmbeddingModel model = create(config(1, 0.001, 16), context)) {
      inNewThread(() -> model.fit(built.log()));
      ClientSelection all = built.log().relevantClients();
      List<float[]> here = embed(model, built, all).vectors();
      List<float[]> there = inNewThread(() -> embed(model, built, all)).vectors();
      for (int i = 0; i < all.size(); i++) {
        assertThat(there.get(i)).isEqualTo(here.get(i));
      }
    }
  }

  private static <T> T inNewThread(Callable<T> work) throws Exception {
    FutureTask<T> task = new FutureTask<>(work);
    new Thread(task).start();
    return task.get();
  }

  @Test
  void embedsTheSameBitsInANewJvm() throws Exception {
    try (TestContext context = new TestContext(2, 42);
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 80);
        BuiltLog later = TinyEvents.log(context.allocator(), 2, 90);
        EmbeddingModel model = create(config(), context)) {
      model.fit(built.log());
      model.save(modelFolder);
      int here = Probe.hash(embed(model, later, later.log().relevantClients()));
      Process process =
          ChildJvm.of(
                  List.of("--add-modules=jdk.incubator.vector"),
                  Probe.class,
                  getClass().getName(),
                  modelFolder.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String output = new String(process.getInputStream().readAllBytes());
      assertThat(process.waitFor()).isZero();
      assertThat(output.lines().filter(line -> line.startsWith("hash ")))
          .containsExactly("hash " + here);
    }
  }

  /** Opens a saved model in a JVM of its own and prints what it gives for another log. */
  static final class Probe {

    private Probe() {}

    static int hash(CollectingSink sink) {
      int hash = Arrays.hashCode(sink.ids());
      for (float[] vector : sink.vectors()) {
        hash = 31 * hash + Arrays.hashCode(vector);
      }
      return hash;
    }

    /** Arguments: the name of the subclass of the test, and the model's folder. */
    public static void main(String[] arguments) throws ReflectiveOperationException {
      var constructor = Class.forName(arguments[0]).getDeclaredConstructor();
      constructor.setAccessible(true);
      print((TrainedModelContractTest<?>) constructor.newInstance(), Path.of(arguments[1]));
    }

    private static <C extends Record> void print(TrainedModelContractTest<C> test, Path folder) {
      try (TestContext context = new TestContext(2, 1);
          BuiltLog later = TinyEvents.log(context.allocator(), 2, 90);
          EmbeddingModel model =
              (EmbeddingModel) test.factory().open(test.config(), folder, context)) {
        System.out.println("hash " + hash(embed(model, later, later.log().relevantClients())));
      }
    }
  }

  @Test
  void saysThatNoClientHasTwoEvents() {
    EventLogBuilder builder = new EventLogBuilder();
    for (int sku = 1; sku < 4; sku++) {
      builder.product(sku, (long) sku, 5L);
    }
    for (int client = 1; client < 40; client++) {
      EventKind kind = client % 2 == 0 ? EventKind.PAGE_VISIT : EventKind.PRODUCT_BUY;
      builder.relevant(client).event(kind, client, TinyEvents.START_MICROS, 1 + client % 3);
    }
    try (TestContext context = new TestContext();
        BuiltLog built = builder.build(context.allocator());
        EmbeddingModel model = create(config(), context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_DATA))
          .hasMessageContaining("wanted at least 2 clients with two or more")
          .hasMessageContaining("to learn from, found 0 among");
    }
  }

  @Test
  void stopsWhenTheLossIsNoNumber() {
    try (TestContext context = new TestContext();
        BuiltLog built = TinyEvents.log(context.allocator(), 1, 120);
        EmbeddingModel model = create(config(3, 1e38, 16), context)) {
      assertThatThrownBy(() -> model.fit(built.log()))
          .isInstanceOf(PluginException.class)
          .hasMessageContaining("the loss became")
          .hasMessageContaining("lower learning-rate or set clip-norm: 1");
    }
  }

  @Test
  void saysThatTheDeviceIsNotThereBeforeReadingData() {
    try (TestContext context = new TestContext()) {
      InterruptingContext cuda = new InterruptingContext(context, "never", "cuda:77");
      assertThatThrownBy(() -> create(config(), cuda))
          .isInstanceOfSatisfying(
              PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
          .hasMessageContaining("device cuda:77 was asked for");
    }
  }
}
