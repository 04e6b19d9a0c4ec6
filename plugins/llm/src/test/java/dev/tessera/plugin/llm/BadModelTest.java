package dev.tessera.plugin.llm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.PluginException;
import dev.tessera.api.testkit.TestContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadModelTest {

  @TempDir Path folder;

  private static void assertRefused(LlmConfigs configs, String message) {
    assertRefused(configs, "cpu", ErrorCode.INVALID_CONFIG, message);
  }

  private static void assertRefused(
      LlmConfigs configs, String device, ErrorCode code, String message) {
    try (TestContext context = new TestContext()) {
      assertThatThrownBy(
              () ->
                  LlmModel.create(
                      configs.build(), new ObservedContext(context, device, Long.MAX_VALUE)))
          .isInstanceOfSatisfying(PluginException.class, e -> assertThat(e.code()).isEqualTo(code))
          .hasMessageContaining(message)
          .message()
          .satisfies(said -> assertThat(said.lines()).hasSize(1));
    }
  }

  @Test
  void aFolderThatIsNotThere() {
    Path nowhere = folder.resolve("nowhere");
    assertRefused(
        new LlmConfigs().model(nowhere),
        "model %s: wanted all-minilm-l6-v2-q or a folder with model.onnx and tokenizer.json, found no such folder"
            .formatted(nowhere));
  }

  @Test
  void aFolderWithoutOneOfItsFiles() throws IOException {
    new TinyDecoder(1).write(folder);
    Files.move(folder.resolve("model.onnx"), folder.resolve("decoder.onnx"));
    assertRefused(new LlmConfigs().model(folder), "found no model.onnx in the folder; docs/");
    Files.move(folder.resolve("decoder.onnx"), folder.resolve("model.onnx"));
    Files.delete(folder.resolve("tokenizer.json"));
    assertRefused(new LlmConfigs().model(folder), "found no tokenizer.json in the folder; docs/");
  }

  @Test
  void filesThatAreSomethingElse() throws IOException {
    new TinyDecoder(1).write(folder);
    Files.writeString(folder.resolve("tokenizer.json"), "{}");
    assertRefused(new LlmConfigs().model(folder), "its tokenizer.json cannot be used: ");
    Files.writeString(folder.resolve("tokenizer.json"), "[1]");
    assertRefused(new LlmConfigs().model(folder), "it holds no JSON object");
    new TinyDecoder(1).write(folder);
    Files.writeString(folder.resolve("model.onnx"), "not a graph");
    assertRefused(new LlmConfigs().model(folder), "its model.onnx cannot be used: ");
  }

  @Test
  void aTokenizerWithTokensThatTheGraphDoesNotKnow() {
    new TinyDecoder(1).write(folder, OnnxGraph.INT64, 200);
    assertRefused(
        new LlmConfigs().model(folder),
        "its tokenizer.json gives tokens up to 256, its model.onnx knows 0 to 199; take both files from one model");
  }

  @Test
  void aGraphThatGivesOnlyLogits() {
    new TinyDecoder(1).writeLogitsOnly(folder);
    assertRefused(
        new LlmConfigs().model(folder),
        "its graph gives logits (FLOAT, rank 3); wanted vectors as last_hidden_state or token_embeddings or sentence_embedding; export it with --task feature-extraction");
  }

  @Test
  void anOutputThatTheGraphDoesNotHave() {
    new TinyDecoder(1).write(folder);
    assertRefused(
        new LlmConfigs().model(folder).output("pooled"),
        "its graph gives last_hidden_state (FLOAT, rank 3), present.0.key (FLOAT, rank 4); wanted vectors as pooled");
  }

  @Test
  void graphsThatAskForWhatATextIsNot() {
    OnnxGraph seeing =
        new OnnxGraph()
            .input("input_ids", OnnxGraph.INT64, "batch", "tokens")
            .input("pixel_values", OnnxGraph.FLOAT, "batch", 3, 8, 8)
            .node("Identity", "pixel_values", "last_hidden_state")
            .output("last_hidden_state", OnnxGraph.FLOAT, "batch", 3, 8, 8);
    seeing.write(folder);
    TinyDecoder.writeTokenizer(folder);
    assertRefused(
        new LlmConfigs().model(folder),
        "its graph asks for pixel_values (FLOAT of rank 4); wanted only input_ids, ");
    new OnnxGraph()
        .input("attention_mask", OnnxGraph.INT64, "batch", "tokens")
        .node("Identity", "attention_mask", "last_hidden_state")
        .output("last_hidden_state", OnnxGraph.INT64, "batch", "tokens")
        .write(folder);
    assertRefused(new LlmConfigs().model(folder), "but not for input_ids: it is no text model");
  }

  @Test
  void aGpuThatIsInsistedOnAndNotThere() {
    LlmConfigs configs = new LlmConfigs().device(DeviceChoice.GPU);
    assertRefused(
        configs, "cpu", ErrorCode.UNAVAILABLE, "device gpu was asked for, but the run's device is");
    assertRefused(configs, "cuda:7", ErrorCode.UNAVAILABLE, "device gpu was asked for, but ");
  }
}
