package dev.tessera.plugin.als;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tessera.api.ErrorCode;
import dev.tessera.api.EventKind;
import dev.tessera.api.PluginException;
import dev.tessera.host.config.ConfigTree;
import dev.tessera.host.config.RecordBinder;
import dev.tessera.plugin.als.AlsConfig.Clients;
import dev.tessera.plugin.als.AlsConfig.Item;
import dev.tessera.plugin.als.AlsConfig.LossReport;
import dev.tessera.plugin.als.AlsConfig.Solver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AlsConfigTest {

  @TempDir Path folder;

  @Test
  void defaultsAreTheReferencesPurchases() throws IOException {
    assertThat(bind("iterations: 15"))
        .isEqualTo(
            new AlsConfig(
                Map.of(EventKind.PRODUCT_BUY, 3.0, EventKind.ADD_TO_CART, 1.0),
                Item.CATEGORY,
                Clients.ALL,
                64,
                15,
                0.01,
                1,
                Solver.CONJUGATE_GRADIENT,
                3,
                LossReport.EACH));
  }

  @Test
  void everyKeyCanBeGiven() throws IOException {
    String text =
        """
        events: {page_visit: 0.5}
        item: url
        clients: relevant
        factors: 32
        iterations: 4
        regularization: 0.1
        alpha: 40
        solver: cholesky
        cg-steps: 5
        report-loss: none
        """;
    assertThat(bind(text))
        .isEqualTo(
            new AlsConfig(
                Map.of(EventKind.PAGE_VISIT, 0.5),
                Item.URL,
                Clients.RELEVANT,
                32,
                4,
                0.1,
                40,
                Solver.CHOLESKY,
                5,
                LossReport.NONE));
  }

  @Test
  void readsOnlyTheTablesWithAWeight() throws IOException {
    assertThat(new AlsPluginFactory().reads(bind("events: {remove_from_cart: 2}")))
        .containsExactly(EventKind.REMOVE_FROM_CART);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "factors: 0 | factors",
        "factors: 1025 | factors",
        "iterations: 0 | iterations",
        "regularization: 0 | regularization",
        "alpha: -1 | alpha",
        "cg-steps: 0 | cg-steps",
        "item: product | item",
        "solver: lu | solver",
        "events: {product_by: 1} | product_buy",
        "events: {} | events must be among product_buy, add_to_cart, remove_from_cart, found none",
        "events: {page_visit: 1} | with item: category, events must be among product_buy, add_to_cart, remove_from_cart, found page_visit",
        "item: url | with item: url, events must be among page_visit, found product_buy",
        "events: {search_query: 1} | found search_query",
        "events: {product_buy: 0} | events.product_buy must be a weight",
        "events: {product_buy: 2e6} | events.product_buy must be a weight",
        "events: {product_buy: -1} | events must have a weight above 0",
        "factor: 3 | factors",
      })
  void refusesWhatCannotWorkAndSaysWhatWasWanted(String text, String said) {
    assertThatThrownBy(() -> bind(text))
        .isInstanceOfSatisfying(
            PluginException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_CONFIG))
        .hasMessageStartingWith("[als] ")
        .hasMessageContaining(said);
  }

  private AlsConfig bind(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("als.yaml"), text);
    ConfigTree tree = ConfigTree.read(List.of(file), List.of(), Map.of());
    return new RecordBinder("als").bind(tree.root(), AlsConfig.class).record();
  }
}
