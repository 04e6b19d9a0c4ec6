package dev.tessera.plugin.lightfm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.ConfigTree;
import dev.tessera.host.config.RecordBinder;
import dev.tessera.plugin.lightfm.LightFmConfig.ClientFeatures;
import dev.tessera.plugin.lightfm.LightFmConfig.Clients;
import dev.tessera.plugin.lightfm.LightFmConfig.Loss;
import dev.tessera.plugin.lightfm.LightFmConfig.Schedule;
import dev.tessera.plugin.lightfm.LightFmConfig.SkuFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LightFmConfigTest {

  @TempDir Path folder;

  @Test
  void defaultsAreTheReferencesWithIdentityAndScaledCodes() throws IOException {
    assertThat(bind("epochs: 30")).isEqualTo(LightFmConfigs.defaults());
  }

  @Test
  void everyKeyCanBeGiven() throws IOException {
    String text =
        """
        events: {add_to_cart: 2}
        clients: all
        client-features: {identity: false, search-codes: 1}
        sku-features: {identity: false, name-codes: 0, category: true, price: 10}
        loss: logistic
        sample-weights: false
        components: 32
        epochs: 4
        schedule: adadelta
        learning-rate: 0.1
        rho: 0.9
        epsilon: 1e-5
        max-sampled: 20
        fold-in-epochs: 3
        """;
    assertThat(bind(text))
        .isEqualTo(
            new LightFmConfig(
                Map.of(EventKind.ADD_TO_CART, 2.0),
                Clients.ALL,
                new ClientFeatures(false, 1),
                new SkuFeatures(false, 0, true, 10),
                Loss.LOGISTIC,
                false,
                32,
                4,
                Schedule.ADADELTA,
                0.1,
                0.9,
                1e-5,
                20,
                3));
  }

  @Test
  void aStepIsSkippedWithoutPairsAndNotForWantOfSearches() {
    assertThat(new LightFmPluginFactory().reads(LightFmConfigs.defaults()))
        .containsExactlyInAnyOrder(
            EventKind.PRODUCT_BUY, EventKind.ADD_TO_CART, EventKind.REMOVE_FROM_CART);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "components: 0 | components",
        "epochs: 0 | epochs",
        "max-sampled: 0 | max-sampled",
        "learning-rate: 0 | learning-rate",
        "loss: warpp | warp",
        "events: {} | events must be among product_buy, add_to_cart, remove_from_cart, found none",
        "events: {page_visit: 1} | found page_visit",
        "events: {product_buy: 0} | events.product_buy must be a weight",
        "events: {product_buy: .nan} | must be a number, was .nan (key events.product_buy",
        "events: {product_buy: -1, remove_from_cart: -0.5} | events must have a weight above 0, found [-1.0, -0.5]",
        "sku-features: {price: .nan} | price must be a number, was .nan",
        "sku-features: {name-codes: -1} | name-codes must be",
        "client-features: {search-codes: .inf} | search-codes must be",
        "client-features: {identity: false, search-codes: 0} | client-features must have identity or search-codes",
        "sku-features: {identity: false, name-codes: 0} | sku-features must have identity, name-codes, category or price",
        "sku-features: {names: 1} | names",
      })
  void refusesWhatCannotWorkAndSaysWhatWasWanted(String text, String said) {
    assertThatThrownBy(() -> bind(text))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
        .hasMessageStartingWith("[lightfm] ")
        .hasMessageContaining(said);
  }

  private LightFmConfig bind(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("lightfm.yaml"), text);
    ConfigTree tree = ConfigTree.read(List.of(file), List.of(), Map.of());
    return new RecordBinder("lightfm").bind(tree.root(), LightFmConfig.class).record();
  }
}
