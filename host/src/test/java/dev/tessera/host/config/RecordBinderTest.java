package dev.tessera.host.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.SampleConfig.Part;
import dev.tessera.host.config.SampleConfig.Scaler;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordBinderTest {

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void setFolder() {
    files = new ConfigFiles(folder);
  }

  @Test
  void fillsEveryType() {
    SampleConfig config =
        bind(
            """
            factors: 1_000
            big-number: -7
            regularisation: 1e-3
            drop-zero-rows: TRUE
            label: "42"
            scaler: none
            layers: [2, 3]
            events: {product_buy: 3, add-to-cart: 0.5}
            groups: {b: [x], a: []}
            part: {high: 5}
            parts: [{low: 1}, {}]
            """);
    assertThat(config)
        .isEqualTo(
            new SampleConfig(
                1000,
                -7,
                0.001,
                true,
                "42",
                Scaler.NONE,
                List.of(2, 3),
                Map.of(EventKind.PRODUCT_BUY, 3.0, EventKind.ADD_TO_CART, 0.5),
                Map.of("b", List.of("x"), "a", List.of()),
                new Part(0, 5),
                List.of(new Part(1, 1), new Part(0, 1))));
    assertThat(config.groups().keySet()).containsExactly("b", "a");
  }

  @Test
  void fillsDefaults() {
    assertThat(bind("factors: 3"))
        .isEqualTo(
            new SampleConfig(
                3,
                5_000_000_000L,
                0.01,
                false,
                "",
                Scaler.QUANTILE_UNIFORM,
                List.of(8, 4),
                Map.of(EventKind.PAGE_VISIT, 1.0),
                Map.of(),
                new Part(0, 1),
                List.of()));
  }

  @Test
  void tellsWhereEachValueCameFrom() {
    ConfigTree tree = files.tree("factors: 3\nlabel: two words\n", "part.high=7");
    List<BoundValue> values =
        new RecordBinder("als").bind(tree.root(), SampleConfig.class).values();
    assertThat(values)
        .extracting(BoundValue::path, BoundValue::value, value -> origin(value.origin()))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("factors", "3", "run.yaml line 1"),
            org.assertj.core.groups.Tuple.tuple("big-number", "5000000000", "default"),
            org.assertj.core.groups.Tuple.tuple("regularisation", "0.01", "default"),
            org.assertj.core.groups.Tuple.tuple("drop-zero-rows", "false", "default"),
            org.assertj.core.groups.Tuple.tuple("label", "two words", "run.yaml line 2"),
            org.assertj.core.groups.Tuple.tuple("scaler", "quantile-uniform", "default"),
            org.assertj.core.groups.Tuple.tuple("layers.0", "8", "default"),
            org.assertj.core.groups.Tuple.tuple("layers.1", "4", "default"),
            org.assertj.core.groups.Tuple.tuple("events.page_visit", "1.0", "default"),
            org.assertj.core.groups.Tuple.tuple("groups", "{}", "default"),
            org.assertj.core.groups.Tuple.tuple("part.low", "0", "default"),
            org.assertj.core.groups.Tuple.tuple("part.high", "7", "command line part.high=7"),
            org.assertj.core.groups.Tuple.tuple("parts", "[]", "default"));
  }

  @ParameterizedTest(name = "{0} -> {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          factors: 0               | factors must be in 1..1024, was 0 (key factors, run.yaml line 1)
          factors: 1025            | factors must be in 1..1024, was 1025
          factors: 99999999999999999999 | factors must be in 1..1024, was 99999999999999999999
          factors: 3.0             | factors must be a whole number, was 3.0
          factors: "3"             | factors must be a whole number, was '3'
          factors: many            | factors must be a whole number, was 'many'
          factors: 0x10            | factors must be a whole number, was 0x10
          factors: true            | factors must be a whole number, was true
          factors:                 | factors must be a whole number, was empty
          factors: [1]             | factors must be a whole number, was a list
          factors: {a: 1}          | factors must be a whole number, was a map of keys
          {factors: 1, regularisation: -0.5}   | regularisation must be at least 0, was -0.5
          {factors: 1, regularisation: .inf}   | regularisation must be a number, was .inf
          {factors: 1, regularisation: 1e999}  | regularisation must be at least 0, was 1e999
          {factors: 1, regularisation: true}   | regularisation must be a number, was true
          {factors: 1, big-number: 9223372036854775808} | big-number must be in -9223372036854775808..9223372036854775807
          {factors: 1, drop-zero-rows: yes}    | drop-zero-rows must be true or false, was 'yes'
          {factors: 1, drop-zero-rows: 1}      | drop-zero-rows must be true or false, was 1
          {factors: 1, label: 5}               | label must be text, was 5: put it in quotes
          {factors: 1, label: }                | label must be text, was empty
          {factors: 1, scaler: unit}           | scaler must be one of quantile-uniform, none, was 'unit'
          {factors: 1, layers: 8}              | layers must be a list of whole number, was 8
          {factors: 1, layers: [8, 1]}         | layers must be at least 2, was 1 (key layers.1, run.yaml line 1)
          {factors: 1, layers: [8, x]}         | layers must be a whole number, was 'x' (key layers.1
          {factors: 1, events: {page_visits: 1}} | unknown key 'page_visits', nearest is 'page_visit' (key events.page_visits
          {factors: 1, events: {page_visit: 10}} | events must be at most 9, was 10 (key events.page_visit
          {factors: 1, events: [1]}            | events must be a map from one of
          {factors: 1, part: 1}                | part must be keys, was 1
          {factors: 1, part: {hihg: 1}}        | unknown key 'hihg', nearest is 'high' (key part.hihg, run.yaml line 1)
          {factors: 1, part: {low: 3}}         | low must be at most high, was 3 > 1 (key part, run.yaml line 1)
          {factors: 1, parts: [{}, {low: 3}]}  | low must be at most high, was 3 > 1 (key parts.1, run.yaml line 1)
          {facters: 1}                         | unknown key 'facters', nearest is 'factors' (key facters, run.yaml line 1)
          {factors: 1, something: 2}           | unknown key 'something', there are factors, big-number, regularisation
          {}                                   | factors is required: how many
          """)
  void refusesInOneLine(String yaml, String message) {
    assertThat(files.mistake(() -> bind(yaml))).startsWith("[als] " + message);
  }

  @Test
  void takesAnEnvironmentVariableForWhateverIsWanted() {
    ConfigTree tree =
        files.tree(
            "factors: ${N}\nlabel: ${N}\ndrop-zero-rows: ${FLAG}\nscaler: ${SCALER:-none}\n",
            Map.of("N", "12", "FLAG", "true"));
    SampleConfig config = new RecordBinder("als").bind(tree.root(), SampleConfig.class).record();
    assertThat(config.factors()).isEqualTo(12);
    assertThat(config.label()).isEqualTo("12");
    assertThat(config.dropZeroRows()).isTrue();
    assertThat(config.scaler()).isEqualTo(Scaler.NONE);
    assertThat(files.mistake(() -> bind(files.tree("factors: ${N}", Map.of("N", "few")))))
        .isEqualTo(
            "[als] factors must be a whole number, was 'few'"
                + " (key factors, environment N, run.yaml line 1)");
  }

  @Test
  void givesListsAndMapsThatCannotBeChanged() {
    SampleConfig config = bind("factors: 1");
    assertThatThrownBy(() -> config.layers().add(1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> config.events().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void tellsAFaultOfTheRecordFromAMistakeOfTheUser() {
    record Faulty(@dev.tessera.api.ConfigKey(value = "x", defaultValue = "1") int x) {
      Faulty {
        if (x == 1) {
          throw new IllegalStateException("on purpose");
        }
      }
    }
    assertThatThrownBy(() -> new RecordBinder("odd").bind(files.tree("x: 1").root(), Faulty.class))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL))
        .hasMessageContaining("[odd] making a Faulty failed");
  }

  private SampleConfig bind(String yaml) {
    return bind(files.tree(yaml));
  }

  private static SampleConfig bind(ConfigTree tree) {
    return new RecordBinder("als").bind(tree.root(), SampleConfig.class).record();
  }

  private String origin(Origin origin) {
    return origin.describe().replace(folder + "/", "");
  }
}
