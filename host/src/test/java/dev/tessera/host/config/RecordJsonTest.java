package dev.tessera.host.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.PluginException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecordJsonTest {

  private static final Path FILE = Path.of("step.json");

  @Test
  void writesEveryValueInTheOrderOfTheComponents() {
    assertThat(RecordJson.write(bind("{factors: 3, label: 'a \"b\"', events: {page_visit: 2}}")))
        .isEqualTo(
            "{\"factors\":3,\"big-number\":5000000000,\"regularisation\":0.01,"
                + "\"drop-zero-rows\":false,\"label\":\"a \\\"b\\\"\","
                + "\"scaler\":\"quantile-uniform\",\"layers\":[8,4],"
                + "\"events\":{\"page_visit\":2.0},\"groups\":{},"
                + "\"part\":{\"low\":0,\"high\":1},\"parts\":[]}");
  }

  @Test
  void writesEqualRecordsAlikeHoweverTheyWereWritten() {
    assertThat(RecordJson.write(bind("{factors: 3, regularisation: 1e-2, layers: [8, 4]}")))
        .isEqualTo(RecordJson.write(bind("{layers: [8, 4], factors: 3}")));
  }

  @Test
  void readsBackWhatItWrote() {
    SampleConfig config =
        bind(
            "{factors: 3, regularisation: 1e-10, label: \"${x}\\n\\t é 5\", scaler: none,"
                + " events: {search_query: 0.1, add_to_cart: 1e-7}, groups: {'a.b': ['5', 'true']},"
                + " parts: [{low: 0}]}");
    String json = RecordJson.write(config);
    SampleConfig back = RecordJson.read(json, SampleConfig.class, "als", FILE);
    assertThat(back).isEqualTo(config);
    assertThat(RecordJson.write(back)).isEqualTo(json);
  }

  @Test
  void namesTheFileThatDoesNotFit() {
    assertThatThrownBy(() -> RecordJson.read("{\"factors\":0}", SampleConfig.class, "als", FILE))
        .isInstanceOf(PluginException.class)
        .hasMessage("[als] factors must be in 1..1024, was 0 (key factors, step.json line 1)");
    assertThatThrownBy(() -> RecordJson.read("[]", SampleConfig.class, "als", FILE))
        .hasMessageContaining("must be a JSON object, was a list");
    assertThatThrownBy(() -> RecordJson.read("{\"fac", SampleConfig.class, "als", FILE))
        .isInstanceOf(PluginException.class)
        .hasMessageContaining("step.json line 1");
  }

  private static SampleConfig bind(String yaml) {
    ConfigNode node = NodeReader.yaml(yaml, "", new Origin.Default());
    ConfigMap map = new ConfigMap("", new Origin.Default(), ((ConfigMap) node).entries());
    assertThat(map.entries()).isNotEqualTo(Map.of());
    return new RecordBinder("als").bind(map, SampleConfig.class).record();
  }
}
